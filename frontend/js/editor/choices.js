// All that is typed and chosen in the form beside its words, by the names of the fields; what is empty is left out.

import { say } from "./words.js";

const NEVER = new Set(["hidden", "submit", "button", "file", "fieldset", "output"]);
const WORDS = new Set(["title", "body", "excerpt"]);
// What saving takes out of the form, or writes in another way.
const MADE_GOOD = ["status", "at", "slug", "trackbacks", "mails_followers", "alt"];
const TYPED = ["slug", "tags", "trackbacks", "alt"];

export const isChoice = (field) => Boolean(field.name) && !NEVER.has(field.type) && !WORDS.has(field.name);

/* What is chosen now. */
export const choicesIn = (form) => gathered(form, ({ type, checked, value }) => (isBox(type) && !checked ? "" : value));

/* What was chosen when the page came. */
export const choicesSent = (form) =>
  gathered(form, (field) => {
    if (isBox(field.type)) return field.defaultChecked ? field.value : "";
    if (field.options) return [...field.options].find((one) => one.defaultSelected)?.value ?? field.options[0]?.value ?? "";
    return field.defaultValue;
  });

/* Of whom nothing is known is taken to have chosen the same. */
export function isSameChoice(one, other, without = []) {
  if (!one || !other) return true;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => without.includes(name) || (one[name] ?? "") === (other[name] ?? ""));
}

/* Whether that is what became of it, once it was saved. */
export const isMadeGood = (sent, saved) => isSameChoice(sent, saved, MADE_GOOD);

/* Whether nobody has typed any of it. */
export const isUntyped = (choices) => TYPED.every((name) => !choices?.[name]);

export function choose(form, choices) {
  if (!choices) return;
  for (const field of fieldsOf(form)) {
    if (isBox(field.type)) field.checked = choices[field.name] === field.value;
    else field.value = choices[field.name] ?? "";
  }
}

/* Boxes, and a line in the list of pages, for what others chose that was not there yet when this page came. */
export function makeRoom(form, choices, names) {
  for (const [name, label] of Object.entries(names ?? {})) {
    if (form.elements[name]?.options) makeLine(form.elements[name], choices[name], label);
    else if (!form.elements[name]) makeBox(form, name, label);
  }
}

function makeLine(list, value, label) {
  if (![...list.options].some((one) => one.value === value)) list.append(new Option(label, value));
}

function makeBox(form, name, label) {
  const group = form.querySelector(`fieldset#${CSS.escape(name.split("_")[0])}`);
  if (!group) return;
  const [line, box, words] = ["label", "input", "bdi"].map((kind) => document.createElement(kind));
  line.className = "tick panel__tick";
  Object.assign(box, { className: "tick__box", type: "checkbox", name, value: "1" });
  words.textContent = label;
  line.append(box, " ", words);
  group.querySelector(".panel__list").append(line);
  group.hidden = false;
}

/* `[label, value]` of each in which these choices differ from others, as people read them. */
export function inWords(form, choices, others) {
  if (!choices || !others) return [];
  const found = new Map();
  for (const field of fieldsOf(form)) {
    const { name } = field;
    const label = labelOf(field);
    if (isSameChoice({ [name]: choices[name] ?? "" }, { [name]: others[name] ?? "" })) continue;
    if (!found.has(label)) found.set(label, []);
    const value = valueOf(form, field, choices[name] ?? "");
    if (value && !found.get(label).includes(value)) found.get(label).push(value);
  }
  return [...found].map(([label, values]) => [label, values.join(", ") || say("nothing")]);
}

const isBox = (type) => type === "checkbox" || type === "radio";

const isOneOfMany = (field) => /^(category|author)_/.test(field.name);

const fieldsOf = (form) => [...form.elements].filter(isChoice);

function gathered(form, read) {
  const found = fieldsOf(form).map((field) => [field.name, plain(field.name, read(field))]);
  return Object.fromEntries(found.filter(([, value]) => value));
}

// Alike for what means the same, as the server has it.
function plain(name, value) {
  if (name === "tags") return value.split(",").map(oneLine).filter(Boolean).join(", ");
  if (name === "menu_order" && value.trim() === "0") return "";
  return name === "trackbacks" ? value.replace(/\r\n?/g, "\n").trim() : oneLine(value);
}

const oneLine = (text) => text.replace(/\s+/g, " ").trim();

const labelOf = (field) =>
  (field.type === "radio" || isOneOfMany(field) ? field.closest("fieldset")?.querySelector("legend") : field.labels?.[0])?.textContent.trim() ?? field.name;

function valueOf(form, field, value) {
  if (isOneOfMany(field)) return value ? field.labels[0].textContent.trim() : "";
  if (field.type === "checkbox") return say(value ? "yes" : "no");
  if (field.type === "radio") return value === field.value ? field.labels[0].textContent.trim() : "";
  if (field.options) return [...field.options].find((one) => one.value === value)?.textContent.trim() ?? value;
  return value;
}
