/*
 * Shows guests which of their posts will be linked, while they are still writing. Without this file
 * it is looked for all the same, once the comment was sent.
 */

const form = document.querySelector("[data-comment-form]");
const box = form?.elements.latest_post;
const note = form?.querySelector("[data-latest-post]");
// Seconds between questions: a website that has not answered by then is looked at later, unseen.
const PAUSES = [1, 1, 2, 3, 5, 8];
const titles = new Map();

if (box && note) {
  box.addEventListener("change", offer);
  form.elements.url.addEventListener("change", offer);
}

async function offer() {
  const url = wanted();
  show();
  if (!url || titles.has(url)) return;
  titles.set(url, "");
  const body = new URLSearchParams({ url });
  const asked = await fetch("/c/latest-post/", { method: "POST", body });
  if (!asked.ok) return;
  for (const seconds of PAUSES) {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const answer = await fetch(`/c/latest-post/?${body}`);
    const { title } = answer.ok ? await answer.json() : {};
    if (title) {
      titles.set(url, title);
      show();
      return;
    }
  }
}

function wanted() {
  return box.checked ? form.elements.url.value.trim() : "";
}

function show() {
  const title = titles.get(wanted());
  const words = document.createElement("bdi");
  words.textContent = title ?? "";
  note.replaceChildren(...(title ? [`${note.dataset.latestPost} `, words] : []));
}
