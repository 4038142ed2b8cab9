// Somebody else, or the same person elsewhere, has saved newer words. Both versions are kept; a person decides.

import { lookAtBoth } from "./both.js";
import { makeRoom } from "./choices.js";
import { wordsIn } from "./copies.js";
import { clock, say } from "./words.js";

/* Says so below the text, and goes on saving when one of the two was chosen; until then nothing is sent. */
export function decide(form, { autosave, status, theirs }) {
  makeRoom(form, theirs.choices ?? {}, theirs.names);
  const told = { who: theirs.who, time: clock(theirs.at) };
  const kind = theirs.who ? "othersSaved" : "elsewhereSaved";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "editor-note__act";
  button.textContent = say("lookAtBoth");
  button.addEventListener("click", look);
  status.show(kind, { ...told, action: button });

  async function look() {
    const choice = await lookAtBoth({ form, title: say(kind, told), mine: wordsIn(form), theirs });
    if (choice) autosave.resolve(choice === "theirs" ? theirs : null, theirs.base);
    form.elements.body.focus();
  }
}
