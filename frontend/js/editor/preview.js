/*
 * The post as readers will see it, beside what is typed. Pieces that have not changed stay as they are;
 * the others are rendered by the server, as they will be when the post is kept. A newer question gives
 * up an older one.
 */

import { piecesOf, sameEnds } from "./chunks.js";
import { part } from "./words.js";

const PAUSE = 40;
// A paragraph nobody writes, between pieces that are sent together.
const BETWEEN = "rapport7f3a9c51piece";

export function startPreview(form) {
  const text = form.elements.body;
  const pane = document.getElementById("editor-preview");
  const button = form.querySelector("button[data-preview]");
  if (!pane || !button) return;
  const [trouble, whole] = part("preview").children;
  const name = whole.querySelector("[data-title]");
  const page = whole.querySelector("[data-page]");
  let shown = [];
  let sharedBefore = "";
  let asking = null;
  let timer = 0;

  // Without script it sends the form to a page of its own.
  button.type = "button";
  button.setAttribute("aria-controls", pane.id);
  button.addEventListener("click", () => toggle(pane.hidden));
  form.addEventListener("input", ({ target }) => (target === text || target.name === "title") && soon());
  pane.replaceChildren(trouble, whole);
  toggle(!pane.hidden);

  function toggle(isOpen) {
    pane.hidden = !isOpen;
    form.classList.toggle("editor--beside", isOpen);
    form.toggleAttribute("data-live", isOpen);
    button.setAttribute("aria-pressed", String(isOpen));
    asking?.abort();
    if (!isOpen) return;
    render();
    const isBelow = pane.getBoundingClientRect().top > text.getBoundingClientRect().bottom - 1;
    if (isBelow && document.activeElement === button) pane.scrollIntoView({ block: "start" });
  }

  function soon() {
    if (pane.hidden) return;
    clearTimeout(timer);
    timer = setTimeout(render, PAUSE);
  }

  async function render() {
    asking?.abort();
    name.textContent = form.elements.title?.value ?? "";
    const mine = (asking = new AbortController());
    const { pieces, shared } = piecesOf(text.value, isMarkdown());
    const [before, after] = shared === sharedBefore ? sameEnds(shown.map((one) => one.words), pieces) : [0, 0];
    const fresh = pieces.slice(before, pieces.length - after);
    try {
      const groups = fresh.length ? await rendered(fresh, shared, mine.signal) : [];
      // Another has begun meanwhile, or the pane was closed.
      if (mine.signal.aborted) return;
      sharedBefore = shared;
      put(fresh.map((words, at) => ({ words, nodes: groups[at] })), before, after);
      trouble.hidden = true;
    } catch {
      // One that was given up is followed by another.
      if (!mine.signal.aborted) trouble.hidden = false;
    }
  }

  function isMarkdown() {
    return format() === "markdown";
  }

  function format() {
    return form.elements.format?.value ?? "markdown";
  }

  /* For each piece its elements. */
  async function rendered(pieces, shared, signal) {
    const joined = pieces.join(`\n\n${BETWEEN}\n\n`);
    const body = new URLSearchParams({
      id: form.elements.id?.value ?? "",
      kind: form.elements.kind?.value ?? "",
      title: "",
      body: shared ? `${shared}\n\n${joined}` : joined,
      format: format(),
    });
    const answer = await fetch(form.dataset.preview, {
      method: "POST", body, signal, credentials: "same-origin", headers: { Accept: "text/html", "HX-Request": "true" },
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    return split(holder.content.querySelector("[data-preview-shown] .prose") ?? holder.content, pieces.length);
  }

  function split(content, count) {
    const groups = [[]];
    for (const node of [...content.childNodes]) {
      if (node.nodeName === "P" && node.textContent === BETWEEN) groups.push([]);
      else groups.at(-1).push(node);
    }
    if (groups.length !== count) throw new Error("the pieces do not fit");
    return groups;
  }

  function put(fresh, before, after) {
    const gone = shown.slice(before, shown.length - after);
    const next = shown.slice(shown.length - after).flatMap((one) => one.nodes)[0] ?? null;
    const { scrollTop } = whole;
    const [first] = keepSame(gone.flatMap((one) => one.nodes), fresh, next);
    shown = [...shown.slice(0, before), ...fresh, ...shown.slice(shown.length - after)];
    whole.scrollTop = scrollTop;
    if (first && document.activeElement === text && gone.length) reveal(first);
  }

  /* Elements that look as before stay: pictures do not flicker, and what is selected stays so. */
  function keepSame(old, fresh, next) {
    const all = fresh.flatMap((one) => one.nodes);
    let start = 0;
    let end = 0;
    const most = Math.min(old.length, all.length);
    while (start < most && old[start].isEqualNode(all[start])) start += 1;
    while (end < most - start && old.at(-1 - end).isEqualNode(all.at(-1 - end))) end += 1;
    const kept = new Map();
    for (let at = 0; at < start; at += 1) kept.set(all[at], old[at]);
    for (let at = 1; at <= end; at += 1) kept.set(all.at(-at), old.at(-at));
    for (const one of fresh) one.nodes = one.nodes.map((node) => kept.get(node) ?? node);
    const changed = all.slice(start, all.length - end);
    for (const node of old.slice(start, old.length - end)) node.remove();
    const place = end ? old[old.length - end] : next;
    const holder = document.createDocumentFragment();
    holder.append(...changed);
    page.insertBefore(holder, place);
    return changed.filter((node) => node.nodeType === Node.ELEMENT_NODE);
  }

  function reveal(element) {
    const here = element.getBoundingClientRect();
    const there = whole.getBoundingClientRect();
    const isSeen = here.bottom > there.top && here.top < there.bottom;
    if (!isSeen) whole.scrollTop += here.top - there.top - there.height / 3;
  }
}
