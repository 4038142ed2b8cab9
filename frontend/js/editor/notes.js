// What the editor has to tell beside the text, with what can be done about it.

import { part } from "./words.js";

/* `note(sentence, [[label, act], …])`: one more, until one of its buttons was pressed; returns a way to take it back. */
export function startNotes(form, status) {
  const list = part("notes");
  (document.querySelector(".editor__notes") ?? form).prepend(list);

  return function note(sentence, acts) {
    const one = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = sentence;
    one.className = "editor-note";
    one.append(words, ...acts.map(([label, act]) => button(label, act)));
    list.append(one);
    list.hidden = false;
    status.announce(sentence);
    return remove;

    function button(label, act) {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "editor-note__act";
      made.textContent = label;
      made.addEventListener("click", async () => {
        if ((await act()) === false) return;
        remove();
        form.elements.body.focus();
      });
      return made;
    }

    function remove() {
      one.remove();
      list.hidden = !list.childElementCount;
    }
  };
}
