// Forms that stand on pages of their own without script come as dialogs over the queue.

import { asks, currentRow, focusRow } from "./rows.js";

const sheet = () => document.getElementById("sheet");
const removal = () => document.getElementById("removal");

export const isOpen = () => document.querySelector("dialog[open]") !== null;

async function openSheet(link) {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok) return location.assign(link.href);
  sheet().innerHTML = await answer.text();
  window.htmx.process(sheet());
  sheet().showModal();
  sheet().querySelector("[autofocus]")?.focus();
}

function openRemoval(row) {
  removal().dataset.row = row.id;
  removal().returnValue = "";
  removal().querySelector("form").reset();
  removal().showModal();
}

function remove() {
  const row = document.getElementById(removal().dataset.row);
  const reason = removal().returnValue;
  if (!row) return;
  if (!reason) return focusRow(row);
  const url = `/mod/comments/${row.dataset.id}/removal`;
  const values = Object.fromEntries(new FormData(row.querySelector("form")));
  values.reason = reason;
  values.note = removal().querySelector("textarea").value;
  asks(row, url);
  window.htmx.ajax("POST", url, { source: row, target: row, swap: "outerHTML", values });
}

export function startSheets() {
  if (!sheet()) return;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-sheet]");
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      sheet().close();
      focusRow(currentRow());
    }
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.pathname.endsWith("/removal")) openRemoval(link.closest(".case"));
    else openSheet(link);
  });
  removal().addEventListener("close", remove);
  sheet().addEventListener("close", () => sheet().replaceChildren());
  // The row was answered: what was typed has arrived.
  document.addEventListener("htmx:after:process", (event) => {
    if (event.target.closest?.(".case") && sheet().open) sheet().close();
  });
}
