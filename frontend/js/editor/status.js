// The faint line below the text: how well the words are kept. Read aloud only when that changes for better or worse.

import { ago, say, wordsCounted } from "./words.js";
import { countWords } from "./text.js";

const QUIET = new Set(["saved", "kept", "unsaved", "saving"]);
const TICK = 5000;
const COUNT_AFTER = 400;

/* The line under a form's text: `show(kind, values)` says it, `counted()` counts again soon. */
export function startStatus(form) {
  const line = document.getElementById("editor-status");
  const aloud = document.createElement("p");
  const [sentence, count, action] = [0, 0, 0].map(() => document.createElement("span"));
  const at = Date.parse(line.querySelector("time")?.dateTime ?? "");
  let kind = "";
  let shown = {};
  let timer = 0;

  aloud.className = "visually-hidden";
  aloud.setAttribute("role", "status");
  // What is written here changes all the time: it is there to be looked up, not to be read out.
  line.setAttribute("aria-live", "off");
  count.className = "editor-line__count";
  line.classList.add("editor-line");
  line.replaceChildren(sentence, count, action);
  if (at) show("saved", { at });
  line.after(aloud);
  setInterval(refresh, TICK);
  recount();

  return { show, announce, counted };

  function show(next, values = {}) {
    const isOther = next !== kind || (!QUIET.has(next) && values.detail !== shown.detail);
    const isNews = isOther && !(QUIET.has(next) && (QUIET.has(kind) || !kind));
    kind = next;
    shown = values;
    line.dataset.kind = next;
    refresh();
    showAction(values.action);
    if (isNews) announce(sentence.textContent);
  }

  function refresh() {
    const words = kind ? say(kind, { ...shown, ago: shown.at ? ago(shown.at) : "" }) : "";
    if (sentence.textContent !== words) sentence.textContent = words;
  }

  function showAction(link) {
    action.replaceChildren(...(link ? [link] : []));
  }

  function announce(words) {
    // The same sentence twice is two pieces of news.
    aloud.textContent = aloud.textContent === words ? `${words}\u00a0` : words;
  }

  function counted() {
    timer ||= setTimeout(recount, COUNT_AFTER);
  }

  function recount() {
    timer = 0;
    count.textContent = wordsCounted(countWords(form.elements.body.value));
  }
}
