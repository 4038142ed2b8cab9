/*
 * Words that are kept in this browser until the server has them, and all else that stands in the form: `{title, body,
 * excerpt, choices}`, where `choices` are missing if nothing is known of them. Each tab has a copy of its own.
 */

import { choicesIn, choicesSent, choose, isMadeGood, isSameChoice, isUntyped } from "./choices.js";

const PREFIX = "rapport:words:";
export const NAMES = ["title", "body", "excerpt"];

// Drawn anew each time a page is opened: two tabs never take each other for one.
export let device = drawn();

/* From here on this is another one: what was kept under the old name stays as it is. */
export function becomeAnother() {
  device = drawn();
  return device;
}

/* What is typed and chosen in a form now. */
export const wordsIn = (form) => ({
  ...Object.fromEntries(NAMES.map((name) => [name, form.elements[name]?.value ?? ""])),
  choices: choicesIn(form),
});

/* All of it as the form's own buttons would send it. */
export const fieldsOf = ({ title, body, excerpt, choices }) => ({ ...choices, title, body, excerpt, panel: "1" });

/* Let the form say it. */
export function fill(form, words) {
  for (const name of NAMES) if (form.elements[name]) form.elements[name].value = words[name];
  choose(form, words.choices);
}

/* Whether nobody has typed into it yet, not even while this file was on its way. */
export const isAsSent = (form) =>
  NAMES.every((name) => !form.elements[name] || plain(form.elements[name].value) === plain(form.elements[name].defaultValue)) &&
  isSameChoice(choicesIn(form), choicesSent(form));

export const isSame = (one, other) => isSameText(one, other) && isSameChoice(one.choices, other.choices);

export const isEmpty = (words) => NAMES.every((name) => !words[name].trim()) && isUntyped(words.choices);

/* Whether nothing is lost without that copy, where the server has this. */
export const isNeedless = (copy, server, isNewer) =>
  isSame(copy, server) ||
  (isEmpty(copy) && isSameChoice(copy.choices, server.choices)) ||
  (isNewer && copy.isSent && isSameText(copy, server) && isMadeGood(copy.choices, server.choices));

/* Keep words under a post's number; false when this browser has no room or keeps nothing. */
export function keep(place, copy) {
  const value = JSON.stringify({ ...copy, at: Date.now() });
  for (;;) {
    try {
      localStorage.setItem(`${PREFIX}${place}:${device}`, value);
      return true;
    } catch {
      if (!forgetOldest()) return false;
    }
  }
}

export function drop(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing is kept where nothing may be.
  }
}

export const dropOwn = (place) => drop(`${PREFIX}${place}:${device}`);

/* What other tabs, or this one before it was closed, have kept of a post; newest first. */
export function copiesOf(place) {
  return keys(`${PREFIX}${place}:`)
    .map((key) => ({ ...read(key), key }))
    .filter((copy) => copy.at && !copy.key.endsWith(`:${device}`))
    .sort((one, other) => other.at - one.at);
}

function drawn() {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36)).join("");
}

// Only what the server has as well, as far as was known when it was put aside.
function forgetOldest() {
  const kept = keys(PREFIX).map((key) => ({ ...read(key), key })).filter((copy) => copy.isSent);
  const oldest = kept.sort((one, other) => one.at - other.at)[0];
  if (oldest) drop(oldest.key);
  return oldest !== undefined;
}

function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    // Of a page that was open before choices were kept.
    if (typeof copy.choices !== "object") delete copy.choices;
    return { ...copy, ...Object.fromEntries(NAMES.map((name) => [name, String(copy[name] ?? "")])) };
  } catch {
    return {};
  }
}

const isSameText = (one, other) => NAMES.every((name) => plain(one[name]) === plain(other[name]));

// As it is typed, whatever ends a line on the way to the server and back.
const plain = (text) => (text ?? "").replace(/\r\n?/g, "\n");
