/*
 * What is new while a page is open: replies are offered, and stay where they are until somebody
 * asks for them; the inbox counts on. Without this file one loads the page again.
 */

const talk = document.querySelector("[data-live]");
const inbox = document.querySelector(".masthead__inbox");
const address = talk ? talk.dataset.live : inbox ? "/live/" : null;

// Seconds between two questions where events do not get through, and at most after failures.
const POLL = 30;
const LONGEST = 600;
// After so many answers a stream is tried again.
const POLLS_BEFORE_STREAM = 10;

let source = null;
let timer = 0;
let pause = POLL;
let polls = 0;
let etag = "";
let isOver = false;
let seen = talk ? Number(talk.dataset.count) : 0;
let newest = 0;
let offer = null;

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");

if (address) {
  (talk ?? document.querySelector("main")).append(status);
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", wake);
  wake();
}

/* A tab that nobody looks at asks for nothing. */
function wake() {
  stop();
  if (isOver || document.visibilityState === "hidden") return;
  if (window.EventSource) listen();
  else later(ask, 1);
}

function stop() {
  source?.close();
  source = null;
  clearTimeout(timer);
}

function listen() {
  stop();
  const opened = new EventSource(address);
  source = opened;
  opened.addEventListener("open", () => (pause = POLL));
  opened.addEventListener("news", (event) => hear(JSON.parse(event.data)));
  opened.addEventListener("error", () => {
    // One that broke off comes back by itself; one that was refused does not.
    if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
    source = null;
    polls = 0;
    later(ask, 1);
  });
}

async function ask() {
  let answer;
  try {
    const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
    answer = await fetch(address, { headers, cache: "no-store" });
  } catch {
    answer = null;
  }
  if (document.visibilityState === "hidden") return;
  if (answer && [401, 403, 404, 410].includes(answer.status)) {
    isOver = true;
    return;
  }
  if (answer?.ok) {
    etag = answer.headers.get("ETag") ?? "";
    hear(await answer.json());
  }
  const isWell = answer && (answer.ok || answer.status === 304);
  pause = isWell ? POLL : Math.min(pause * 2, LONGEST);
  polls += isWell ? 1 : 0;
  later(window.EventSource && polls > POLLS_BEFORE_STREAM ? listen : ask, pause);
}

/* Not all at once: each a little earlier or later. */
function later(act, seconds) {
  clearTimeout(timer);
  timer = setTimeout(act, seconds * 1000 * (0.75 + Math.random() / 2));
}

function hear(news) {
  if (inbox) count(news.unread);
  if (!talk) return;
  // One that went while another came leaves the count as it was.
  const fresh = Math.max(news.count - seen, newest && news.newest > newest ? 1 : 0, 0);
  if (!newest && news.count <= seen) newest = news.newest;
  show(fresh, news);
}

function count(unread) {
  const there = inbox.querySelector(".masthead__count");
  if (!unread) {
    there?.remove();
    return;
  }
  const badge = there ?? document.createElement("span");
  badge.className = "masthead__count";
  const words = document.createElement("span");
  words.className = "visually-hidden";
  words.textContent = ` ${inbox.dataset.new}`;
  badge.replaceChildren(String(unread), words);
  if (!there) inbox.append(" ", badge);
}

function show(fresh, news) {
  const words = fresh === 1 ? talk.dataset.one : talk.dataset.many.replace("{number}", fresh);
  if (!fresh) {
    offer?.remove();
    offer = null;
    return;
  }
  if (!offer) {
    offer = document.createElement("a");
    offer.className = "live";
    offer.rel = "nofollow";
    offer.addEventListener("click", take);
    talk.append(offer);
  }
  offer.href = talk.dataset.replies + news.newest;
  offer.dataset.count = news.count;
  offer.dataset.newest = news.newest;
  if (offer.textContent !== words) {
    offer.textContent = words;
    status.textContent = words;
  }
}

/* Put the new replies in where they belong, if this is their page; else go where they are. */
async function take(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { href } = offer;
  const total = Number(offer.dataset.count);
  const last = Number(offer.dataset.newest);
  const first = await insertNew();
  if (!first) {
    location.assign(href);
    return;
  }
  seen = total;
  newest = last;
  offer?.remove();
  offer = null;
  status.textContent = "";
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  first.scrollIntoView({ block: "nearest" });
}

async function insertNew() {
  const list = talk.querySelector(".thread");
  let page;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return null;
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null;
  }
  let first = null;
  let before = null;
  for (const item of page.querySelectorAll(".thread > li")) {
    const id = item.firstElementChild.id;
    const there = document.getElementById(id);
    if (there) {
      before = there.closest("li");
      continue;
    }
    const added = document.importNode(item, true);
    if (before) before.after(added);
    else list.prepend(added);
    before = added;
    first ??= added.firstElementChild;
  }
  return first;
}
