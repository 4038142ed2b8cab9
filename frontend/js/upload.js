/*
 * Shows how much of a file has been sent. Without this file the form is sent all the same, and the
 * browser shows what it shows.
 */

for (const form of document.querySelectorAll("[data-upload]")) form.addEventListener("submit", send);

function send(event) {
  const form = event.currentTarget;
  const shown = form.querySelector("[data-upload-progress]");
  if (!form.elements.file?.files.length || !shown) return;
  event.preventDefault();
  const bar = shown.querySelector("progress");
  const button = form.querySelector("button[type=submit]");
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = total ? loaded / total : 0;
  });
  request.addEventListener("load", () => answered(request));
  // Sent once more in the browser's own way, which says what is wrong with the line.
  request.addEventListener("error", () => form.submit());
  shown.hidden = false;
  button.disabled = true;
  request.open(form.method, form.action);
  request.setRequestHeader("Accept", "text/html");
  request.send(new FormData(form));
}

function answered(request) {
  if (request.status < 400) {
    location.assign(request.responseURL);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  for (const form of document.querySelectorAll("[data-upload]")) form.addEventListener("submit", send);
  const errors = document.getElementById("errors") ?? document.getElementById("content");
  errors.tabIndex = -1;
  errors.focus();
}
