// Two versions of the same post side by side, and which of them one goes on with. Neither is thrown away.

import { inWords } from "./choices.js";
import { NAMES } from "./copies.js";
import { part } from "./words.js";

/* Shows both; "mine", "theirs", or "" when nobody has decided. */
export function lookAtBoth({ form, title, mine, theirs }) {
  const dialog = part("both");
  dialog.querySelector("[data-title]").textContent = title;
  fill(dialog.querySelector("[data-mine]"), mine, theirs, form);
  fill(dialog.querySelector("[data-theirs]"), theirs, mine, form);
  document.body.append(dialog);
  dialog.showModal();
  for (const first of dialog.querySelectorAll("mark:first-of-type")) first.scrollIntoView?.({ block: "nearest" });
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "mine" || dialog.returnValue === "theirs" ? dialog.returnValue : "");
    });
  });
}

function fill(place, words, others, form) {
  const there = new Set(NAMES.flatMap((name) => paragraphs(others[name])));
  place.replaceChildren(
    ...NAMES.flatMap((name) => paragraphs(words[name]).map((text) => paragraph(text, name, there.has(text)))),
    ...inWords(form, words.choices, others.choices).map(choice),
  );
}

const paragraphs = (text) => (text ?? "").replace(/\r\n?/g, "\n").split(/\n{2,}/).filter((one) => one.trim());

function choice([label, value]) {
  const line = document.createElement("p");
  const mark = document.createElement("mark");
  line.className = "editor-both__choice";
  mark.dir = "auto";
  mark.textContent = value;
  line.append(`${label}: `, mark);
  return line;
}

function paragraph(text, name, isInBoth) {
  const block = document.createElement("p");
  block.className = `editor-both__${name}`;
  block.dir = "auto";
  if (isInBoth) {
    block.textContent = text;
    return block;
  }
  const mark = document.createElement("mark");
  mark.textContent = text;
  block.append(mark);
  return block;
}
