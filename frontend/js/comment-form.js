/*
 * Makes the comment form quicker: answers are written below what they answer, and the browser does
 * a small sum while one types, which is dear only for who sends a million comments. Without this
 * file everything works as well.
 */

const form = document.querySelector("[data-comment-form]");
if (form) {
  answerInPlace(form);
  form.addEventListener("focusin", () => doSmallSum(form), { once: true });
}

function answerInPlace(form) {
  const section = form.closest("section");
  const home = document.createComment("the form's own place");
  const parent = form.elements.comment_parent;
  const note = form.querySelector("[data-answered]");
  section.before(home);

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".comment__reply");
    const back = event.target.closest("[data-answer-post]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      const comment = link.closest(".comment");
      comment.after(section);
      parent.value = comment.id.replace("comment-", "");
      note.firstElementChild.textContent =
        `${form.dataset.answering} ${comment.querySelector(".comment__author").textContent.trim()}.`;
      note.hidden = false;
      form.elements.comment.focus();
    } else if (back) {
      event.preventDefault();
      home.after(section);
      parent.value = "0";
      note.hidden = true;
      form.elements.comment.focus();
    }
  });
}

async function doSmallSum(form) {
  // Over plain http, but on this machine, browsers hide their sums.
  if (!window.crypto?.subtle) return;
  const answer = await fetch("/c/challenge/");
  if (!answer.ok) return;
  const sum = await answer.json();
  for (let number = 0; number <= sum.maxNumber; number += 1) {
    if (number % 200 === 0) await idle();
    if ((await hashOf(sum.salt + number)) === sum.challenge) {
      const { algorithm, challenge, salt, signature } = sum;
      form.elements.work.value = btoa(JSON.stringify({ algorithm, challenge, number, salt, signature }));
      return;
    }
  }
}

function idle() {
  return new Promise((resolve) =>
    window.requestIdleCallback ? requestIdleCallback(resolve, { timeout: 200 }) : setTimeout(resolve, 10),
  );
}

async function hashOf(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
