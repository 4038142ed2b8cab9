// Keys for what one does all the time. Only with Ctrl (on a Mac with ⌘), only in the form; a list says them.

import { typeIn } from "./text.js";
import { part } from "./words.js";

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);

export function startKeys(form, { save, bold, italic, link, help }) {
  const text = form.elements.body;
  const list = part("keys");
  const isHtml = form.elements.format?.value === "wordpress";
  const marks = isHtml
    ? { b: () => mark(text, "<strong>", "</strong>"), i: () => mark(text, "<em>", "</em>"), k: () => mark(text, '<a href="">', "</a>") }
    : { b: () => mark(text, "**"), i: () => mark(text, "*"), k: () => linked(text) };

  document.body.append(list);
  for (const key of list.querySelectorAll("[data-mod]")) key.textContent = isMac ? "⌘" : "Ctrl";
  help.addEventListener("click", () => list.showModal());
  for (const [button, key] of [[bold, "b"], [italic, "i"], [link, "k"]]) {
    button.setAttribute("aria-keyshortcuts", `${isMac ? "Meta" : "Control"}+${key.toUpperCase()}`);
    // The text keeps what is selected in it.
    button.addEventListener("mousedown", (event) => event.preventDefault());
    button.addEventListener("click", marks[key]);
  }

  // A title has one line: from it one goes on to the text.
  form.elements.title?.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    text.focus();
  });
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
function mark(text, before, after = before) {
  text.focus();
  const [start, end] = tightened(text);
  const { value } = text;
  const words = value.slice(start, end);
  const isThere = value.slice(start - before.length, start) === before && value.slice(end, end + after.length) === after;
  // One star beside another is not emphasis, but half of a stronger one.
  const isHalf = before === "*" && value.slice(start - 2, start) === "**" && value.slice(start - 3, start) !== "***";
  const isTakenOff = isThere && !isHalf;
  if (isTakenOff) text.setSelectionRange(start - before.length, end + after.length);
  else text.setSelectionRange(start, end);
  typeIn(text, isTakenOff ? words : before + words + after);
  const begins = isTakenOff ? start - before.length : start + before.length;
  text.setSelectionRange(begins, begins + words.length);
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

