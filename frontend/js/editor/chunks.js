/*
 * A long text in pieces that mean the same alone as together, so that a changed word has its piece
 * rendered anew and not all 20,000 words. Where that is not certain, the text stays in one piece.
 */

const LEAST = 1500;
// A footnote is numbered among others, and HTML may reach over empty lines.
const REACHES = /^ {0,3}<(?!!--\s*(?:more|nextpage)\b)[a-z!/?]|\[\^/im;
const DEFINITION = /^ {0,3}\[[^\]^]+\]:\s*\S/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
// What goes on with what stood above an empty line, or may.
const GOES_ON = /^(?:\s|[-+*](?:\s|$)|\d{1,9}[.)](?:\s|$)|>|\[[^\]^]+\]:)/;

/* `{pieces, shared}`: the text in order, and the addresses that any of its pieces may name. */
export function piecesOf(text, isMarkdown) {
  if (!isMarkdown || REACHES.test(text)) return { pieces: [text], shared: "" };
  return cut(text.split("\n"));
}

function cut(lines) {
  const pieces = [];
  const shared = [];
  let begun = 0;
  let length = 0;
  let fence = "";
  lines.forEach((line, at) => {
    const mayBegin = !fence && length > LEAST && lines[at - 1]?.trim() === "" && line.trim() && !GOES_ON.test(line);
    if (mayBegin) {
      pieces.push(lines.slice(begun, at).join("\n"));
      begun = at;
      length = 0;
    }
    const sign = FENCE.exec(line)?.[1];
    if (sign && !fence) fence = sign;
    else if (sign && sign[0] === fence[0] && sign.length >= fence.length && line.trim() === sign) fence = "";
    else if (!fence && DEFINITION.test(line)) shared.push(line);
    length += line.length + 1;
  });
  pieces.push(lines.slice(begun).join("\n"));
  return { pieces, shared: shared.join("\n") };
}

/* How many pieces at the beginning and at the end of two lists are the same. */
export function sameEnds(one, other) {
  const most = Math.min(one.length, other.length);
  let before = 0;
  while (before < most && one[before] === other[before]) before += 1;
  let after = 0;
  while (after < most - before && one.at(-1 - after) === other.at(-1 - after)) after += 1;
  return [before, after];
}
