/*
 * Lets somebody change what they wrote where it stands: the form is taken from the page that the link
 * leads to. Without this file one goes to that page.
 */

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-edit]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  changeInPlace(link);
});

async function changeInPlace(link) {
  const body = link.closest(".comment").querySelector(".comment__body");
  const acts = link.parentElement;
  const form = await formBehind(link.href).catch(() => null);
  if (!form || body.hidden) {
    // Signed out, refused, or no connection: the page says which.
    if (!form) location.assign(link.href);
    return;
  }
  const field = form.elements.comment;
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "button button--quiet";
  cancel.textContent = link.dataset.cancel;
  form.querySelector("[type=submit]").after(cancel);
  // Another form of the page has a field of that name.
  renameFor(form, field, `comment-${form.elements.version.value}-${link.closest(".comment").id}`);
  show(true);
  field.focus();

  cancel.addEventListener("click", () => {
    show(false);
    link.focus();
  });

  function show(isOpen) {
    if (isOpen) body.after(form);
    else form.remove();
    body.hidden = acts.hidden = isOpen;
  }
}

async function formBehind(address) {
  const answer = await fetch(address);
  if (!answer.ok) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // What waits is told there.
  if (page.querySelector(".comment--waits")) return null;
  const form = page.querySelector("[data-edit-form]");
  return form && document.adoptNode(form);
}

function renameFor(form, field, id) {
  form.querySelector(`label[for="${field.id}"]`).htmlFor = id;
  const hint = form.querySelector(".field__hint");
  if (hint) {
    hint.id = `${id}-hint`;
    field.setAttribute("aria-describedby", hint.id);
  }
  field.id = id;
}
