// Asks the server to keep words. Whatever goes wrong on the way is an answer like any other: status 0.

const PATIENCE = 20_000;

/*
 * `{status, said, wait}`; the first words of all make the draft, and the form is then about it. The form's own
 * key says which one is sent: where an answer was lost on its way, the next one is about the same draft.
 */
export async function send(form, words, options = {}) {
  return form.dataset.id ? post(form.dataset.autosave, words, options) : begin(form, words);
}

async function begin(form, words) {
  const { form_key, kind, format } = form.elements;
  const begun = { form_key: form_key.value, kind: kind.value, format: format.value };
  const answer = await post(form.dataset.create, { ...words, ...begun });
  const { id, address } = answer.said;
  if (!id) return answer;
  const where = new URL(address, location.href).pathname;
  form.elements.id.value = form.dataset.id = id;
  for (const part of ["autosave", "pictures", "check"]) form.dataset[part] = where + part;
  form.action = where;
  history.replaceState(history.state, "", where);
  return answer;
}

/* A form's fields to an address of ours; asks for JSON. */
export async function post(address, fields, { keepalive = false } = {}) {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(fields),
      credentials: "same-origin",
      redirect: "error",
      keepalive,
      signal: keepalive ? undefined : AbortSignal.timeout(PATIENCE),
    });
    return { status: answer.status, said: await read(answer), wait: Number(answer.headers.get("Retry-After") ?? 0) * 1000 || 0 };
  } catch {
    return { status: 0, said: {}, wait: 0 };
  }
}

async function read(answer) {
  // What was acknowledged is so only when the whole of the answer is here.
  const words = await answer.text();
  try {
    return JSON.parse(words);
  } catch (error) {
    if (answer.ok) throw error;
    return {};
  }
}
