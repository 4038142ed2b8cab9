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
    // HTML §4.10.21.3: a form that is still being submitted is not submitted again, and nobody is told.
    await new Promise((done) => setTimeout(done));
    isReady = true;
    form.requestSubmit(event.submitter);
  });
}
