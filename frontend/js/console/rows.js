// Which row is the current one, and where the focus goes when one is decided.

const DECIDES = /\/mod\/(comments|cases)\/\d+\/(approval|spam|removal|hold|answer)$/;

let current = "";
// Rows that asked for something, and whether the focus is to come back to them.
const asking = new Map();

export const rows = () => [...document.querySelectorAll(".queue .case")];

const open = () => rows().filter((row) => !("folded" in row.dataset));

export function currentRow() {
  const focused = document.activeElement?.closest(".case");
  return focused ?? document.getElementById(current) ?? open()[0] ?? null;
}

export function focusRow(row) {
  if (!row) return;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const all = open();
  const here = currentRow();
  const at = all.indexOf(here);
  if (at < 0 || document.activeElement?.closest(".case") !== here) return focusRow(here ?? all[0]);
  focusRow(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
}

function goOn(from) {
  const all = rows();
  const waits = (row) => row !== from && !("folded" in row.dataset) && !asking.has(row.id);
  const later = all.slice(all.indexOf(from) + 1).find(waits);
  const further = document.querySelector(".queue__next a");
  if (later) focusRow(later);
  else if (further) further.focus();
  else focusRow(all.find(waits) ?? document.getElementById(from.id));
}

// What is asked for one row alone comes back into that row; the focus has gone on by then.
export function asks(row, url) {
  const decides = DECIDES.test(new URL(url, location.href).pathname);
  asking.set(row.id, !decides);
  if (decides) goOn(row);
}

function mark(row) {
  for (const other of document.querySelectorAll(".case[data-current]")) delete other.dataset.current;
  row.dataset.current = "";
  current = row.id;
}

export function startRows() {
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".case");
    if (row) mark(row);
  });
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    const row = ctx.target?.closest?.(".case");
    if (row && ctx.request.method === "POST") asks(row, ctx.request.action);
  });
  document.addEventListener("htmx:after:process", (event) => {
    const row = event.target.closest?.(".case");
    if (!row || !asking.has(row.id)) return;
    const comesBack = asking.get(row.id);
    asking.delete(row.id);
    const lost = document.activeElement === document.body;
    if (comesBack) focusRow(row);
    else if (lost) goOn(row);
  });
  const meant = location.hash.startsWith("#case-") && document.getElementById(location.hash.slice(1));
  if (meant) focusRow(meant);
  else if (rows()[0]) mark(rows()[0]);
}
