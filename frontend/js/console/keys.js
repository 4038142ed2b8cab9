// Keys press the buttons that bear them. Never inside a field, and not at all where somebody switched them off.

import { currentRow, rows, step } from "./rows.js";
import { isOpen } from "./sheets.js";

const OFF = "rapport.console.keys";
const PREFIX_LASTS = 2000;
// Keys of a row are looked for in it, all others on the page.
const OF_ROWS = new Set([..."asdhercntwbx"]);

let goes = 0;

const isOff = () => localStorage.getItem(OFF) === "off";

function isField(target) {
  return target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function press(within, key) {
  const found = within?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!found) return false;
  if (found.matches("input:not([type=checkbox])")) found.focus();
  else found.click();
  return true;
}

function go(letter) {
  document.querySelector(`[data-go="${CSS.escape(letter)}"]`)?.click();
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
  if (isOff() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isOpen()) return inDialog(event);
  if (isField(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const { key } = event;
  const isGoing = Date.now() - goes < PREFIX_LASTS;
  goes = key === "g" && !isGoing ? Date.now() : 0;
  if (isGoing) return go(key);
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "Escape") clear();
  else if (key === "o") open(currentRow()?.querySelector('[data-key="o"]')?.href ?? "#", "_blank", "noopener");
  else if (!press(OF_ROWS.has(key) ? currentRow() : document, key)) return;
  event.preventDefault();
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.querySelector("[data-help]")?.addEventListener("click", () => document.getElementById("keys").showModal());
  document.querySelector("[data-select-all]")?.addEventListener("click", selectAll);
  const off = document.querySelector("[data-keys-off]");
  if (!off) return;
  off.checked = isOff();
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "off" : "on"));
}
