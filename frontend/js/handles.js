/*
 * Offers people while one is being named with an @. Without this file a handle is typed out.
 * The text keeps the focus; arrows choose, Enter takes, Escape and Tab leave it as it is.
 */

const NAMED = /(?:^|[\s(>*_])@([\p{L}\p{N}-]{1,40})$/u;
const WAIT = 150;
let lists = 0;

for (const text of document.querySelectorAll("textarea[data-handles]")) offerPeople(text);

function offerPeople(text) {
  const place = document.createElement("span");
  const id = `handles-${(lists += 1)}`;
  let people = [];
  let chosen = 0;
  let timer = 0;
  let asked = 0;
  let left = "";
  place.className = "handles";
  text.after(place);
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-haspopup", "listbox");

  text.addEventListener("input", look);
  text.addEventListener("click", look);
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (!people.length || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) take(chosen);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });

  function begun() {
    if (text.selectionStart !== text.selectionEnd) return "";
    return NAMED.exec(text.value.slice(0, text.selectionStart))?.[1] ?? "";
  }

  function look() {
    clearTimeout(timer);
    const begins = begun();
    if (!begins || begins === left) close();
    else timer = setTimeout(ask, WAIT, begins);
  }

  async function ask(begins) {
    const number = (asked += 1);
    let found = [];
    try {
      const answer = await fetch(`${text.dataset.handles}?q=${encodeURIComponent(begins)}`, {
        headers: { Accept: "application/json" },
      });
      if (answer.ok) found = (await answer.json()).people;
    } catch {
      // Typed out it means the same.
    }
    // Somebody who types quickly has gone on by now.
    if (number !== asked || begun() !== begins || document.activeElement !== text) return;
    people = found;
    if (people.length) open();
    else close();
  }

  function open() {
    const list = document.createElement("span");
    list.className = "handles__list";
    list.id = id;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", text.dataset.handlesLabel);
    list.append(...people.map(option));
    place.replaceChildren(list);
    text.setAttribute("aria-controls", id);
    choose(0);
  }

  function option(person, number) {
    const one = document.createElement("span");
    const name = document.createElement("bdi");
    const handle = document.createElement("bdi");
    one.className = "handles__one";
    one.id = `${id}-${number}`;
    one.setAttribute("role", "option");
    name.textContent = person.name;
    handle.textContent = `@${person.handle}`;
    handle.className = "handles__handle";
    one.append(name, handle);
    // Before the text loses the focus.
    one.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(number);
    });
    return one;
  }

  function choose(number) {
    chosen = (number + people.length) % people.length;
    const options = place.querySelectorAll('[role="option"]');
    options.forEach((one, at) => one.setAttribute("aria-selected", String(at === chosen)));
    text.setAttribute("aria-activedescendant", options[chosen].id);
  }

  function take(number) {
    const end = text.selectionStart;
    const words = `@${people[number].handle} `;
    text.setRangeText(words, end - begun().length - 1, end, "end");
    close();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function leave() {
    left = begun();
    close();
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    people = [];
    place.replaceChildren();
    text.removeAttribute("aria-controls");
    text.removeAttribute("aria-activedescendant");
  }
}
