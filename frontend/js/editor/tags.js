// Tags that exist already are offered while one is typed. The field keeps the focus; arrows choose, Enter takes.

import { say } from "./words.js";

const WAIT = 120;

export function startTags(form) {
  const field = form.elements.tags;
  if (!field || field.type !== "text") return;
  const address = form.dataset.tags ?? "/write/tags";
  const list = document.createElement("div");
  let found = [];
  let chosen = -1;
  let timer = 0;
  let asking = null;

  list.id = "editor-tags";
  list.className = "editor-tags";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("tags"));
  list.hidden = true;
  field.after(list);
  for (const [name, value] of [
    ["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"], ["autocomplete", "off"],
  ]) field.setAttribute(name, value);

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (begun()) timer = setTimeout(ask, WAIT);
    else close();
  });
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && chosen >= 0) take(found[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });

  /* The tag the caret stands behind: commas divide them. */
  function begun() {
    return field.value.slice(0, field.selectionStart).split(",").at(-1).trimStart();
  }

  async function ask() {
    const begins = begun();
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(begins)}`, {
        headers: { Accept: "application/json" }, signal: asking.signal,
      });
      if (answer.ok && begun() === begins && document.activeElement === field) show(await answer.json());
    } catch {
      // Typed out it means the same.
    }
  }

  function show(answer) {
    const has = new Set(field.value.split(",").map((tag) => tag.trim().toLowerCase()));
    const names = (Array.isArray(answer) ? answer : (answer.tags ?? [])).map((one) => one.name ?? one);
    found = names.filter((name) => !has.has(name.toLowerCase()) || name.toLowerCase() === begun().toLowerCase()).slice(0, 8);
    chosen = -1;
    list.replaceChildren(...found.map(option));
    list.hidden = !found.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  }

  function option(name, number) {
    const one = document.createElement("div");
    const words = document.createElement("bdi");
    one.id = `${list.id}-${number}`;
    one.className = "editor-tags__one";
    one.setAttribute("role", "option");
    one.setAttribute("aria-selected", "false");
    words.textContent = name;
    one.append(words);
    // Before the field loses the focus.
    one.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(name);
    });
    return one;
  }

  function choose(number) {
    chosen = (number + found.length) % found.length;
    [...list.children].forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
  }

  function take(name) {
    const end = field.selectionStart;
    field.setRangeText(`${name}, `, end - begun().length, end, "end");
    close();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    found = [];
    chosen = -1;
    list.hidden = true;
    list.replaceChildren();
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }
}
