// The form's own buttons save as they do without script, after what is on its way has arrived.

export function startSubmitting(form, autosave) {
  let isReady = false;

  form.addEventListener("submit", async (event) => {
    if (isReady) {
      isReady = false;
      return;
    }
    event.preventDefault();
    await autosave.settle();
    isReady = true;
    form.requestSubmit(event.submitter);
  });
}
