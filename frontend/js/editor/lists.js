// Lists as Markdown: those of HTML, and those Word makes out of paragraphs.

/* A list and all that stands in its entries. */
export function listOf(list, depth, blocks) {
  const isNumbered = list.nodeName === "OL";
  let number = Number.parseInt(list.getAttribute("start") ?? "1", 10) || 1;
  const entries = [];
  for (const child of list.children) {
    // Many programs put an inner list beside the entry it belongs to.
    const isInner = child.nodeName === "UL" || child.nodeName === "OL";
    const inside = isInner ? [listOf(child, depth + 1, blocks)] : blocks(child, depth + 1);
    if (!inside.join("").trim()) continue;
    if (isInner && entries.length) {
      entries[entries.length - 1] += `\n${indented(inside[0], isNumbered ? "   " : "  ")}`;
      continue;
    }
    const mark = isNumbered ? `${number}. ` : "- ";
    number += 1;
    entries.push(mark + indented(body(inside), " ".repeat(mark.length)).trimStart());
  }
  const isLoose = entries.some((entry) => entry.includes("\n\n"));
  return entries.join(isLoose ? "\n\n" : "\n");
}

// A list directly below the words of its entry needs no empty line.
function body(inside) {
  return inside.reduce((whole, one) => whole + (/^(- |\d+\. )/.test(one) ? "\n" : "\n\n") + one);
}

const indented = (text, by) => text.replace(/^(?=.)/gm, by);

/* A paragraph Word means as an entry of a list; its sign begins with NUL until its neighbours are joined. */
export function wordItem(node, words) {
  const level = /mso-list\s*:[^;]*\blevel(\d)/i.exec(node.getAttribute("style") ?? "")?.[1];
  if (!level) return "";
  const sign = [...node.querySelectorAll("span")].find((one) => /mso-list\s*:\s*ignore/i.test(one.getAttribute("style") ?? ""));
  const isNumbered = /^\s*\(?[\da-z]{1,3}[.)]/i.test(sign?.textContent ?? "");
  const said = words();
  return said && `\u0000${"   ".repeat(level - 1)}${isNumbered ? "1." : "-"} ${said}`;
}
