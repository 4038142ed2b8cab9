/*
 * The editor: what makes writing in the plain field below quicker and safer. Without this file the same
 * form is typed into and saved by its buttons. Nothing here is needed to read the site.
 */

import { startAutosave } from "./editor/autosave.js";
import { sayWhoElse } from "./editor/others.js";
import { decide } from "./editor/deciding.js";
import { startKeys } from "./editor/keys.js";
import { startNotes } from "./editor/notes.js";
import { followLinks } from "./editor/outside.js";
import { startPasting } from "./editor/pasting.js";
import { startPictures } from "./editor/pictures.js";
import { startPreview } from "./editor/preview.js";
import { bringBack } from "./editor/returning.js";
import { startStatus } from "./editor/status.js";
import { startSubmitting } from "./editor/submitting.js";
import { startTags } from "./editor/tags.js";
import { part } from "./editor/words.js";

const form = document.getElementById("editor");
if (form?.elements.body) start(form);

function start(form) {
  const tools = part("tools");
  const tool = (name) => tools.querySelector(`[data-tool="${name}"]`);
  (form.querySelector("label[for=body]") ?? form.elements.body).before(tools);

  const status = startStatus(form);
  const note = startNotes(form, status);
  const autosave = startAutosave(form, status, {
    onConflict: (theirs) => decide(form, { autosave, status, theirs }),
    onOthers: sayWhoElse(note),
  });
  startPreview(form);
  const pictures = startPictures(form, status, autosave, tool("picture"));
  startPasting(form, status, pictures.sendAll);
  startKeys(form, {
    save: autosave.saveNow, bold: tool("bold"), italic: tool("italic"), link: tool("link"), help: tool("keys"),
  });
  startTags(form);
  startSubmitting(form, autosave);
  bringBack(form, { autosave, note });
  followLinks();
}
