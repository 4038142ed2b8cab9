// Changes to a field of text that the browser's own undo takes back, and what is counted in it.

// Browsers take seconds to type out more than this; it is put in at once instead, without undo.
const LONGEST = 50_000;

/* Words in place of what is selected, as if they had been typed; the caret stands behind them. */
export function typeIn(field, words) {
  const { selectionStart: start, selectionEnd: end } = field;
  if (start === end && !words) return;
  field.focus();
  const isTyped =
    words.length < LONGEST && document.activeElement === field &&
    document.execCommand(words ? "insertText" : "delete", false, words);
  if (isTyped) return;
  field.setRangeText(words, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/* Words in place of others anywhere in the text; whoever writes elsewhere in it goes on there. */
export function replaceQuietly(field, start, end, words) {
  const { selectionStart, selectionEnd, scrollTop } = field;
  const had = document.activeElement;
  const moved = (place) => (place <= start ? place : place < end ? start + words.length : place + words.length - (end - start));
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  typeIn(field, words);
  field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
  field.scrollTop = scrollTop;
  if (had !== field) had?.focus?.({ preventScroll: true });
}

/* How many words: what stands between spaces. */
export function countWords(text) {
  let count = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isSpace = code <= 32 || code === 160 || code === 0x3000 || (code >= 0x2000 && code <= 0x200a);
    if (!isSpace && !isInside) count += 1;
    isInside = !isSpace;
  }
  return count;
}

/* Whether the caret stands in a block of code, where everything means only itself. */
export function isInCode(field) {
  const fences = field.value.slice(0, field.selectionStart).match(/^ {0,3}(```|~~~)/gm);
  return fences !== null && fences.length % 2 === 1;
}

/* Where in the text something was dropped; where the caret was, if the browser does not tell. */
export function placeOfDrop(field, event) {
  const found = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  return found?.offsetNode === field ? found.offset : field.selectionStart;
}
