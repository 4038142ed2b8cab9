/*
 * Keeps the words: in this browser half a second after they were typed, on the server as soon as one
 * pauses and every four seconds at the latest. What the server has is never taken for less than it is:
 * a copy leaves this browser when exactly its words were acknowledged.
 */

import { isChoice } from "./choices.js";
import { becomeAnother, device, dropOwn, fieldsOf, fill, isAsSent, isEmpty, isSame, keep, NAMES, wordsIn } from "./copies.js";
import { send } from "./sending.js";
import { signInLink } from "./session.js";

const KEPT_HERE_AFTER = 500;
const PAUSE = 1200;
const AT_LATEST = 4000;
const RETRIES = [1000, 2000, 4000, 8000, 15000, 30000];
const SETTLES = 3000;
// Browsers let no more than this be sent by a page that is gone.
const LAST_WORDS = 60_000;

/* `onConflict(theirs)` is told what somebody else has saved, `onOthers(people)` who writes here at the same time. */
export function startAutosave(form, status, { onConflict, onOthers }) {
  let savedAt = 0;
  let dirtySince = 0;
  let isKeptHere = true;
  let hereTimer = 0;
  let timer = 0;
  let tries = 0;
  let saving = null;
  // Why it waits for a person: "conflict", or a refusal the words have to change for first.
  let held = "";
  // Something is too long to be kept, and everything else is: that stays said until it is mended.
  let isPartly = false;
  let isLeaving = false;

  // With it the form's own buttons say whose kept words they make good.
  form.elements.device.value = device;
  form.addEventListener("input", ({ target }) => (NAMES.includes(target.name) || isChoice(target)) && typed());
  window.addEventListener("online", hurry);
  window.addEventListener("offline", () => dirtySince && status.show("offline"));
  window.addEventListener("focus", () => tries && hurry());
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else if (tries) hurry();
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirtySince && !isLeaving && !keepHere()) event.preventDefault();
  });

  if (!isAsSent(form)) typed();
  return { keepHere, save, saveNow, settle, resolve, place };

  function place() {
    return `${form.dataset.writer ?? ""}:${form.dataset.id || "new"}`;
  }

  // Of a form that is to make a post: whoever takes these words up makes no second one of them.
  function formKey() {
    return form.dataset.id ? undefined : form.elements.form_key?.value;
  }

  function typed() {
    dirtySince ||= Date.now();
    hereTimer ||= setTimeout(keepHere, KEPT_HERE_AFTER);
    status.counted();
    if (held === "refused") {
      held = "";
      dirtySince = Date.now();
    }
    if (held || tries) return;
    if (!isPartly) status.show("unsaved", { at: savedAt });
    later(Math.min(PAUSE, dirtySince + AT_LATEST - Date.now()));
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, wait));
  }

  function hurry() {
    if (dirtySince && !held) later(0);
  }

  function keepHere(more = {}) {
    clearTimeout(hereTimer);
    hereTimer = 0;
    if (!dirtySince) return true;
    isKeptHere = keep(place(), { ...wordsIn(form), base: form.elements.base.value, formKey: formKey(), ...more });
    return isKeptHere;
  }

  /* Asked for by a key: what is saved already is said so. */
  async function saveNow() {
    if (!dirtySince) return status.show("saved", { at: savedAt || Date.now() });
    tries = 0;
    await saving?.done;
    if (held === "refused") held = "";
    return save();
  }

  /* One after the other: what is typed meanwhile is sent after. */
  async function save() {
    if (saving) return saving.done;
    clearTimeout(timer);
    const words = wordsIn(form);
    if (held || (!dirtySince && !tries)) return undefined;
    if (!form.dataset.id && isEmpty(words)) return undefined;
    const begunAt = place();
    saving = {};
    keepHere();
    saving.done = send(form, { ...fieldsOf(words), base: form.elements.base.value, device });
    const answer = await saving.done;
    saving = null;
    hear(answer, words);
    // The first words of a post got it a number.
    if (place() !== begunAt) dropOwn(begunAt);
    return answer;
  }

  function hear(answer, words) {
    if (answer.status === 200 || answer.status === 201) return wasSaved(answer, words);
    if (answer.status === 409) return wasOvertaken(answer.said);
    if (answer.status === 401) return failed("signedOut", { action: signInLink() });
    if ([0, 408, 429].includes(answer.status) || answer.status >= 500) {
      return failed(navigator.onLine ? "unreachable" : "offline", {}, answer.wait);
    }
    return wasRefused(answer.said);
  }

  // Where there is a base, all was kept but for what is too long.
  function wasRefused(said) {
    held = "refused";
    isPartly = said.base !== undefined;
    tries = 0;
    if (isPartly) {
      onOthers(said.others ?? []);
      form.elements.base.value = said.base;
    }
    keepHere();
    const kind = isPartly ? "partly" : "refused";
    status.show(isKeptHere ? kind : `${kind}Nowhere`, { detail: said.detail ?? "", at: savedAt });
    return undefined;
  }

  function wasSaved(answer, words) {
    onOthers(answer.said.others ?? []);
    tries = 0;
    isPartly = false;
    savedAt = Date.now();
    if (answer.said.base !== undefined) form.elements.base.value = answer.said.base;
    if (isSame(wordsIn(form), words)) {
      dirtySince = 0;
      clearTimeout(hereTimer);
      hereTimer = 0;
      dropOwn(place());
      // What is public says something else until it is saved by the form's own button.
      status.show(form.dataset.status === "draft" ? "saved" : "kept", { at: savedAt });
    } else {
      dirtySince = Date.now();
      keepHere();
      status.show("unsaved", { at: savedAt });
      later(PAUSE);
    }
  }

  function wasOvertaken(theirs) {
    const base = theirs.base ?? form.elements.base.value;
    // An answer that was lost on its way makes our own words look like another's.
    if (isSame(theirs, wordsIn(form))) return wasSaved({ said: { base } }, wordsIn(form));
    held = "conflict";
    tries = 0;
    keepHere();
    return onConflict({ ...theirs, base });
  }

  /* Somebody has looked at both: from here on these words go over that base. */
  function resolve(words, base) {
    held = "";
    form.elements.base.value = base;
    const isTheirs = words !== null;
    if (isTheirs) {
      fill(form, words);
      dirtySince = 0;
      savedAt = Date.now();
      // The server has kept ours as well, as this device's: they stay, and what is typed now is another's.
      dropOwn(place());
      form.elements.device.value = becomeAnother();
      status.counted();
      status.show("saved", { at: savedAt });
      return undefined;
    }
    dirtySince ||= Date.now();
    return save();
  }

  function failed(kind, values, wait = 0) {
    keepHere();
    status.show(isKeptHere ? kind : `${kind}Nowhere`, values);
    later(Math.max(wait, RETRIES[Math.min(tries, RETRIES.length - 1)]));
    tries += 1;
  }

  function leave() {
    if (!dirtySince) return;
    keepHere();
    const words = wordsIn(form);
    if (held || saving || !form.dataset.id || JSON.stringify(words).length > LAST_WORDS / 4) return;
    send(form, { ...fieldsOf(words), base: form.elements.base.value, device }, { keepalive: true }).then((answer) => {
      if (answer.status === 200 && dirtySince) wasSaved(answer, words);
    });
  }

  /* Before the form itself is sent: all is kept, and nothing of ours may arrive after it. */
  async function settle() {
    isLeaving = true;
    setTimeout(() => (isLeaving = false), 5000);
    await Promise.race([held ? undefined : save(), new Promise((resolve) => setTimeout(resolve, SETTLES))]);
    clearTimeout(timer);
    keepHere({ isSent: true });
  }
}
