// Keys press the buttons that bear them, as the page was written for whoever looks at it. Never inside a field.

import { currentRow, rows, step } from "./rows.js";
import { isOpen } from "./sheets.js";

const PREFIX_LASTS = 2000;

// The first of two keys, and when it was pressed.
let begun = "";
let begunAt = 0;

function isField(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

// A button of the current row before any other; what belongs to other rows is not meant.
function borne(key) {
  const bears = `[data-key="${CSS.escape(key)}"]`;
  const others = [...document.querySelectorAll(bears)].filter((found) => !found.closest(".case"));
  return currentRow()?.querySelector(bears) ?? others[0];
}

function press(key) {
  const found = borne(key);
  if (!found) return false;
  if (found.matches("input:not([type=checkbox])")) found.focus();
  else if (found.matches(".case a:not([data-sheet])")) open(found.href, "_blank", "noopener");
  else found.click();
  return true;
}

const ways = (attribute) => document.querySelector(`[data-go${attribute}]`);

// Two keys, one after the other, go to a list.
function go(key) {
  const first = Date.now() - begunAt < PREFIX_LASTS ? begun : "";
  begun = "";
  if (first) {
    ways(`="${CSS.escape(first + key)}"`)?.click();
    return true;
  }
  if (!ways(`^="${CSS.escape(key)}"`)) return false;
  begun = key;
  begunAt = Date.now();
  return true;
}

function walk(key) {
  const { next, previous } = document.querySelector("[data-queue]")?.dataset ?? {};
  if (key === next) step(1);
  else if (key === previous) step(-1);
  else return false;
  return true;
}

function clear() {
  for (const box of document.querySelectorAll("[name=chosen]:checked")) box.checked = false;
}

function selectAll() {
  const boxes = rows().map((row) => row.querySelector("[name=chosen]")).filter(Boolean);
  const all = boxes.every((box) => box.checked);
  for (const box of boxes) box.checked = !all;
}

function inDialog(event) {
  const digit = document.querySelector(`dialog[open] [data-digit="${CSS.escape(event.key)}"]`);
  if (digit && !isField(event.target)) {
    event.preventDefault();
    digit.click();
  }
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isOpen()) return inDialog(event);
  if (isField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const { key } = event;
  // Longer names are those of keys that type nothing.
  const isLetter = [...key].length === 1;
  if (key === "Escape") clear();
  else if (!isLetter || !(go(key) || walk(key) || press(key))) return;
  event.preventDefault();
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.querySelector("[data-help]")?.addEventListener("click", () => document.getElementById("keys").showModal());
  document.querySelector("[data-select-all]")?.addEventListener("click", selectAll);
}
