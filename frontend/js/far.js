/*
 * Shows how far something is as it goes on, and the whole page anew once it is over. Without this file
 * there is a link to look again.
 */

const EVERY = 2000;

async function look() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  // Nobody answered, or only for now: ask again.
  if (!answer?.ok) return later();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-far]");
  if (!now) return location.reload();
  document.querySelector("[data-far]").replaceChildren(...now.childNodes);
  later();
}

function later() {
  setTimeout(look, EVERY);
}

later();
