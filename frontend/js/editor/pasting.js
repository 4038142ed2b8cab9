// What is pasted or dropped into the text: pictures are sent, text with marks becomes Markdown, all else stays plain.

import { address } from "./addresses.js";
import { hasMarks, markdownOf } from "./markdown.js";
import { isInCode, placeOfDrop, typeIn } from "./text.js";
import { say } from "./words.js";

// More is put in as it comes.
const LARGEST = 2_000_000;

export function startPasting(form, status, sendPictures) {
  const text = form.elements.body;
  const isMarkdown = form.elements.format?.value !== "wordpress";
  let wantsPlain = false;

  text.addEventListener("keydown", (event) => {
    wantsPlain = event.shiftKey && event.key.toLowerCase() === "v";
  });
  text.addEventListener("paste", (event) => {
    const isPlain = wantsPlain;
    wantsPlain = false;
    if (!isPlain && take(event.clipboardData)) event.preventDefault();
  });
  form.addEventListener("dragover", (event) => {
    if (!carriesFiles(event.dataTransfer) && event.target !== text) return;
    if (carriesFiles(event.dataTransfer)) event.preventDefault();
    form.toggleAttribute("data-over", carriesFiles(event.dataTransfer));
  });
  for (const over of ["dragleave", "drop", "dragend"]) form.addEventListener(over, () => form.removeAttribute("data-over"));
  form.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files];
    const html = event.target === text ? event.dataTransfer.getData("text/html") : "";
    if (!files.length && !(isMarkdown && html && hasMarks(html))) return;
    event.preventDefault();
    const place = event.target === text ? placeOfDrop(text, event) : text.selectionEnd;
    text.focus();
    text.setSelectionRange(place, place);
    take(event.dataTransfer);
  });

  function take(from) {
    const html = from.getData("text/html");
    const plain = from.getData("text/plain");
    const files = [...from.files];
    // Word sends a picture of the words along with them.
    if (files.length && !(html && plain.trim())) return sendPictures(files);
    // What came from WordPress is HTML: there Markdown means nothing.
    if (!isMarkdown || isInCode(text)) return false;
    if (html && html.length < LARGEST && hasMarks(html)) return asMarkdown(html, plain);
    return asLink(plain.trim());
  }

  function asMarkdown(html, plain) {
    const words = markdownOf(html);
    if (!words || words === plain) return false;
    typeIn(text, /^\n|\n$/.test(words) || !words.includes("\n\n") ? words : `${words}\n`);
    status.announce(say("pasted"));
    return true;
  }

  /* An address over selected words makes them a link. */
  function asLink(plain) {
    const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
    const isAddress = /^https?:\S+$/.test(plain);
    if (!isAddress || !chosen.trim() || /[\n[\]]/.test(chosen) || /^https?:/.test(chosen)) return false;
    typeIn(text, `[${chosen}](${address(plain)})`);
    return true;
  }
}

const carriesFiles = (data) => [...(data?.types ?? [])].includes("Files");
