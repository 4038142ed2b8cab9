/*
 * Shows how much of a file has been sent; of several, one is sent after the other, so that what is wrong
 * with one keeps no other back. Without this file the form is sent all the same, and the browser shows
 * what it shows.
 */

for (const form of document.querySelectorAll("[data-upload]")) form.addEventListener("submit", send);

async function send(event) {
  const form = event.currentTarget;
  const files = [...(form.elements.file?.files ?? [])];
  if (!files.length || !form.querySelector("[data-upload-progress]")) return;
  event.preventDefault();
  form.querySelector("button[type=submit]").disabled = true;
  const most = Number(form.dataset.uploadMost ?? Infinity);
  const wrong = [];
  let last = null;
  for (const file of files) {
    if (file.size > most) {
      wrong.push(`${file.name}: ${form.dataset.uploadTooLarge}`);
      continue;
    }
    const request = await sent(form, file, files);
    // Sent once more in the browser's own way, which says what is wrong with the line.
    if (!request) return form.submit();
    if (request.status >= 400) wrong.push(...saidIn(request));
    last = request;
  }
  if (!wrong.length) {
    location.assign(files.length > 1 ? form.action : last.responseURL);
  } else if ("uploadMost" in form.dataset) {
    // The list with what was taken, and above it what was not.
    replaceBy(await (await fetch(form.action)).text());
    say(wrong);
  } else {
    replaceBy(last.responseText);
    focusOn(document.getElementById("errors") ?? document.getElementById("content"));
  }
}

function sent(form, file, files) {
  const shown = form.querySelector("[data-upload-progress]");
  const bar = shown.querySelector("progress");
  const name = shown.querySelector("[data-upload-name]");
  if (name) {
    name.textContent =
      files.length > 1 ? `${file.name} (${files.indexOf(file) + 1}/${files.length})` : file.name;
  }
  shown.hidden = false;
  bar.value = 0;
  const fields = new FormData(form);
  fields.set("file", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = total ? loaded / total : 0;
    });
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => resolve(null));
    request.open(form.method, form.action);
    request.setRequestHeader("Accept", "text/html");
    request.send(fields);
  });
}

function saidIn(request) {
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  return [...page.querySelectorAll("#errors li")].map((line) => line.textContent.trim());
}

function replaceBy(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  for (const form of document.querySelectorAll("[data-upload]")) form.addEventListener("submit", send);
}

function say(wrong) {
  const errors = document.createElement("div");
  errors.className = "form-errors";
  errors.id = "errors";
  errors.setAttribute("role", "alert");
  const list = document.createElement("ul");
  list.dataset.bare = "";
  for (const says of wrong) {
    list.append(Object.assign(document.createElement("li"), { textContent: says }));
  }
  errors.append(list);
  document.querySelector("[data-upload]").before(errors);
  focusOn(errors);
}

function focusOn(place) {
  place.tabIndex = -1;
  place.focus();
}
