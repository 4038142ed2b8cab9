/*
 * Text with marks from elsewhere (a web page, Word, a mail) as Markdown. It is read by a parser that
 * runs nothing and fetches nothing; what is no text, and what only follows people about, is left out.
 */

import { address, isTrack } from "./addresses.js";
import { listOf, wordItem } from "./lists.js";
import { tableOf } from "./tables.js";

const LEFT_OUT = new Set([
  "SCRIPT", "STYLE", "HEAD", "TITLE", "META", "LINK", "NOSCRIPT", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "SVG",
  "CANVAS", "AUDIO", "VIDEO", "BUTTON", "INPUT", "SELECT", "TEXTAREA", "MAP", "O:P",
]);
const BLOCKS = new Set([
  "ADDRESS", "ARTICLE", "ASIDE", "BLOCKQUOTE", "BODY", "CENTER", "DD", "DETAILS", "DIV", "DL", "DT", "FIGCAPTION",
  "FIGURE", "FOOTER", "FORM", "H1", "H2", "H3", "H4", "H5", "H6", "HEADER", "HR", "LI", "MAIN", "NAV", "OL", "P",
  "PRE", "SECTION", "SUMMARY", "TABLE", "UL",
]);
// Deeper than anybody writes; browsers give up on what is nested without end.
const DEEPEST = 60;

/* The Markdown of pasted HTML. */
export function markdownOf(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return blocks(body, 0).join("\n\n").replace(/\n{3,}/g, "\n\n");
}

/* Whether there is anything in it that plain text would lose. */
export function hasMarks(html) {
  return /<(h[1-6]|strong|b|em|i|a|ul|ol|blockquote|pre|code|table|hr|del|s)[\s>]|mso-list|font-(weight|style)\s*:\s*(bold|[6-9]00|italic)/i.test(html);
}

/* The blocks of an element, each as Markdown. */
export function blocks(parent, depth) {
  const found = [];
  let line = "";
  const flush = () => {
    const words = tidy(line);
    if (words) found.push(words);
    line = "";
  };
  for (const node of parent.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE && isBlock(node)) {
      flush();
      found.push(...block(node, depth + 1));
    } else {
      line += inline(node, depth + 1);
    }
  }
  flush();
  return joinItems(found);
}

function block(node, depth) {
  if (LEFT_OUT.has(node.nodeName.toUpperCase()) || isHidden(node)) return [];
  if (depth > DEEPEST) return [escapeText(node.textContent.trim())].filter(Boolean);
  const name = node.nodeName;
  if (/^H[1-6]$/.test(name)) {
    const words = oneLine(node, depth);
    return words ? [`${"#".repeat(Number(name[1]))} ${words}`] : [];
  }
  if (name === "HR") return ["---"];
  if (name === "PRE") return [fence(node)];
  if (name === "UL" || name === "OL") return [listOf(node, depth, blocks)].filter(Boolean);
  if (name === "TABLE") return tableOf(node, (cell) => oneLine(cell, depth), (cell) => blocks(cell, depth));
  if (name === "BLOCKQUOTE") return [quoted(blocks(node, depth).join("\n\n"))].filter(Boolean);
  const item = wordItem(node, () => oneLine(node, depth));
  return item ? [item] : blocks(node, depth);
}

// Word makes each entry of a list a paragraph; here they stand together again.
function joinItems(found) {
  const joined = [];
  for (const one of found) {
    const last = joined.length - 1;
    if (one.startsWith?.("\u0000") && joined[last]?.startsWith("\u0000")) joined[last] += `\n${one.slice(1)}`;
    else joined.push(one);
  }
  return joined.map((one) => one.replace(/^\u0000/, ""));
}

function isBlock(node) {
  if (BLOCKS.has(node.nodeName)) return true;
  // A mark around whole paragraphs, as Google puts one around everything.
  return node.firstElementChild !== null && !LEFT_OUT.has(node.nodeName.toUpperCase()) &&
    node.querySelector("p, div, ul, ol, h1, h2, h3, h4, h5, h6, table, pre, blockquote") !== null;
}

function isHidden(node) {
  return node.hidden || /display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden/i.test(node.getAttribute("style") ?? "");
}

/* The words of a node within a line. */
export function inline(node, depth) {
  if (node.nodeType === Node.TEXT_NODE) return escapeText(node.data.replace(/[ \t\r\n\f]+/g, " "));
  if (node.nodeType !== Node.ELEMENT_NODE || LEFT_OUT.has(node.nodeName.toUpperCase()) || isHidden(node)) return "";
  if (/mso-list\s*:\s*ignore/i.test(node.getAttribute("style") ?? "")) return "";
  if (depth > DEEPEST) return escapeText(node.textContent);
  const name = node.nodeName;
  if (name === "BR") return "\n";
  if (name === "IMG") return picture(node);
  if (["CODE", "KBD", "SAMP", "TT"].includes(name)) return code(node.textContent);
  const words = [...node.childNodes].map((child) => inline(child, depth + 1)).join("");
  if (name === "A") return link(node, words);
  return marked(node, words);
}

function marked(node, words) {
  const style = node.getAttribute("style") ?? "";
  // Word says of other alphabets, too, how they would be: `mso-bidi-font-weight`.
  const weight = /(?<![\w-])font-weight\s*:\s*(\w+)/i.exec(style)?.[1] ?? "";
  const isPlain = /^(normal|[1-5]00)$/i.test(weight);
  const isBold = /^(bold|bolder|[6-9]00)$/i.test(weight) || (["B", "STRONG"].includes(node.nodeName) && !isPlain);
  const isUpright = /(?<![\w-])font-style\s*:\s*normal/i.test(style);
  const isItalic = /(?<![\w-])font-style\s*:\s*(italic|oblique)/i.test(style) || (["I", "EM", "CITE"].includes(node.nodeName) && !isUpright);
  let marks = words;
  if (["DEL", "S", "STRIKE"].includes(node.nodeName) || /line-through/i.test(style)) marks = wrap(marks, "~~");
  if (isItalic) marks = wrap(marks, "*");
  if (isBold) marks = wrap(marks, "**");
  // Paragraphs in a heading or in a cell stand in its one line, and not as one word.
  return BLOCKS.has(node.nodeName) ? ` ${marks} ` : marks;
}

// Marks stand directly at the words, spaces outside of them, or they mark nothing.
function wrap(words, mark) {
  const [, before, middle, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
  return middle && !middle.includes("\n") ? `${before}${mark}${middle}${mark}${after}` : words;
}

function link(node, words) {
  const href = address(node.getAttribute("href"));
  const [, before, middle, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
  if (!middle || !href) return words;
  return `${before}[${middle.replace(/\n+/g, " ")}](${href})${after}`;
}

function picture(node) {
  const source = address(node.getAttribute("src"));
  if (!source || isTrack(node)) return "";
  const words = escapeText(node.getAttribute("alt")?.trim() ?? "");
  // Only own pictures are shown: others are linked to, as they are in a post.
  if (new URL(source, location.href).origin === location.origin) return `![${words}](${source})`;
  return words ? `[${words}](${source})` : "";
}

function code(text) {
  const words = text.replace(/\s+/g, " ").trim();
  if (!words) return "";
  const ticks = "`".repeat(longest(words, /`+/g) + 1);
  return words.includes("`") ? `${ticks} ${words} ${ticks}` : ticks + words + ticks;
}

function fence(node) {
  for (const end of node.querySelectorAll("br")) end.replaceWith("\n");
  const text = node.textContent.replace(/^\n|\s+$/g, "");
  const named = /\blang(?:uage)?-([\w+#-]+)/.exec(`${node.className} ${node.firstElementChild?.className ?? ""}`);
  const ticks = "`".repeat(Math.max(3, longest(text, /`+/g) + 1));
  return `${ticks}${named?.[1] ?? ""}\n${text}\n${ticks}`;
}

const longest = (text, pattern) => Math.max(0, ...(text.match(pattern) ?? []).map((run) => run.length));

function oneLine(node, depth) {
  return tidy([...node.childNodes].map((child) => inline(child, depth + 1)).join("")).replace(/\s*\\?\n\s*/g, " ");
}

const quoted = (text) => text && text.replace(/^/gm, "> ").replace(/^> $/gm, ">");

// A line that would begin something else is kept from it; a single break is one.
function tidy(line) {
  return line
    .replace(/[^\S\n]*\n[^\S\n]*/g, "\n").replace(/ {2,}/g, " ").trim()
    .replace(/^(#{1,6}(?=\s)|[-+>](?=\s|$)|=+$|-{3,}$)/gm, "\\$1").replace(/^(\d{1,9})([.)])(?=\s)/gm, "$1\\$2")
    .replace(/\n{2,}/g, "\n\n").replace(/([^\n])\n(?=[^\n])/g, "$1\\\n");
}

const escapeText = (text) => text.replace(/\u00a0/g, " ").replace(/[\\`*_[\]<]/g, (sign, at) => (sign === "_" && isWithin(text, at) ? sign : `\\${sign}`));

const isWithin = (text, at) => /[\p{L}\p{N}]/u.test(text[at - 1] ?? "") && /[\p{L}\p{N}]/u.test(text[at + 1] ?? "");
