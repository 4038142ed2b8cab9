// Keys for what one does all the time. Only with Ctrl (on a Mac with ⌘), only in the form; a list says them.

import { typeIn } from "./text.js";
import { part } from "./words.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function startKeys(form, { save, bold, italic, link, help }) {
  const text = form.elements.body;
  const list = part("keys");
  const marks = { b: () => mark(text, "**"), i: () => mark(text, "*"), k: () => linked(text) };

  document.body.append(list);
  for (const key of list.querySelectorAll("[data-mod]")) key.textContent = isMac ? "⌘" : "Ctrl";
  help.addEventListener("click", () => list.showModal());
  for (const [button, key] of [[bold, "b"], [italic, "i"], [link, "k"]]) {
    button.setAttribute("aria-keyshortcuts", `${isMac ? "Meta" : "Control"}+${key.toUpperCase()}`);
    // The text keeps what is selected in it.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", marks[key]);
  }

  form.addEventListener("keydown", (event) => {
    const isMod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    if (!isMod || event.altKey || event.shiftKey || event.isComposing) return;
    const key = event.key.toLowerCase();
    if (key === "s") save();
    else if (key === "enter") lastButton(form)?.focus();
    else if (marks[key] && event.target === text) marks[key]();
    else return;
    event.preventDefault();
  });
}

function lastButton(form) {
  return form.querySelector("[name=do][value=publish]") ?? form.querySelector("button[type=submit]");
}

/* Marks around what is selected; taken off when they are there. */
function mark(text, sign) {
  text.focus();
  const [start, end] = tightened(text);
  const { value } = text;
  const words = value.slice(start, end);
  const has = (from, to) => value.slice(from, to) === sign;
  const isOnly = sign === "**" || value.slice(start - 2, start) !== "**" || value.slice(start - 3, start) === "***";
  if (has(start - sign.length, start) && has(end, end + sign.length) && isOnly) {
    text.setSelectionRange(start - sign.length, end + sign.length);
    typeIn(text, words);
    text.setSelectionRange(start - sign.length, end - sign.length);
    return;
  }
  text.setSelectionRange(start, end);
  typeIn(text, sign + words + sign);
  text.setSelectionRange(start + sign.length, end + sign.length);
}

// Marks that stand at a space mark nothing.
function tightened({ value, selectionStart, selectionEnd }) {
  let [start, end] = [selectionStart, selectionEnd];
  while (start < end && /\s/.test(value[start])) start += 1;
  while (end > start && /\s/.test(value[end - 1])) end -= 1;
  return [start, end];
}

/* What is selected leads somewhere; the caret stands where the address, or else the words, are typed. */
function linked(text) {
  text.focus();
  const [start, end] = tightened(text);
  const words = text.value.slice(start, end);
  const isAddress = /^https?:\S+$/.test(words);
  text.setSelectionRange(start, end);
  typeIn(text, isAddress ? `[](${words})` : `[${words}]()`);
  const place = isAddress || !words ? start + 1 : start + words.length + 3;
  text.setSelectionRange(place, place);
}

