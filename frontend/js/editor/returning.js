/*
 * Words that were typed in this browser and never reached the server: put back where nobody has written
 * since, offered where somebody has. A copy goes when its words are safe elsewhere, or somebody said so.
 */

import { lookAtBoth } from "./both.js";
import { copiesOf, drop, fill, isAsSent, isNeedless, wordsIn } from "./copies.js";
import { clock, say } from "./words.js";

export function bringBack(form, { autosave, note }) {
  const server = wordsIn(form);
  const isUntouched = isAsSent(form);
  let isDone = false;
  for (const copy of copiesOf(autosave.place())) {
    const isOlder = versionOf(copy.base) !== versionOf(form.elements.base.value);
    if (isNeedless(copy, server, isOlder)) drop(copy.key);
    else if (!isOlder && isUntouched && !isDone) isDone = putBack(copy);
    else offer(copy);
  }

  function putBack(copy) {
    const fresh = form.elements.form_key?.value;
    put(copy);
    // The draft may have been made of them, and nobody told.
    beAbout(copy.formKey);
    if (autosave.keepHere()) drop(copy.key);
    // What the server has of them is older.
    const offer = document.getElementById("offer");
    if (offer) offer.hidden = true;
    note(say("putBack", { time: clock(copy.at) }), [
      [say("keepThem"), () => true],
      [say("takeOut"), () => takeOut(fresh)],
    ]);
    return true;
  }

  function takeOut(fresh) {
    beAbout(fresh);
    put(server);
  }

  function beAbout(formKey) {
    if (formKey && form.elements.form_key) form.elements.form_key.value = formKey;
  }

  function offer(copy) {
    note(say("alsoHere", { time: clock(copy.at) }), [
      [say("lookAtBoth"), () => choose(copy)],
      [say("throwAway"), () => drop(copy.key)],
    ]);
  }

  async function choose(copy) {
    const title = say("alsoHere", { time: clock(copy.at) });
    const choice = await lookAtBoth({ form, title, mine: wordsIn(form), theirs: copy });
    if (choice !== "theirs") return false;
    put(copy);
    if (autosave.keepHere()) drop(copy.key);
    return true;
  }

  function put(words) {
    fill(form, words);
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const versionOf = (base) => String(base).split(".")[0];
