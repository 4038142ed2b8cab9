// Says to other moderators which row one has open, and shows which ones they have.

import { rows } from "./rows.js";

const SETTLED = 1500;
const POLLS_EVERY = 20000;

let settling = 0;

function say(row) {
  fetch(`/mod/comments/${row.dataset.id}/look`, { method: "POST", credentials: "same-origin" });
}

async function ask() {
  const shown = rows().filter((row) => row.dataset.id);
  if (document.hidden || !shown.length) return;
  const ids = shown.map((row) => row.dataset.id).join(",");
  const answer = await fetch(`/mod/looking?ids=${ids}`, { credentials: "same-origin" });
  if (!answer.ok) return;
  const looking = await answer.json();
  for (const row of rows()) {
    const place = row.querySelector("[data-looking]");
    if (place) place.textContent = looking[row.dataset.id] ?? "";
  }
}

export function startLooking() {
  if (!rows().length) return;
  document.addEventListener("focusin", (event) => {
    clearTimeout(settling);
    const row = event.target.closest?.(".case");
    if (row?.dataset.id && !("folded" in row.dataset)) settling = setTimeout(() => row.isConnected && say(row), SETTLED);
  });
  setInterval(ask, POLLS_EVERY);
}
