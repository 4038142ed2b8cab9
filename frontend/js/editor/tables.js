/* A table of figures as one of Markdown's; one that only arranges a page is taken apart. */
export function tableOf(table, oneLine, blocks) {
  const rows = [...table.rows].filter((row) => row.cells.length);
  const width = Math.max(0, ...rows.map((row) => row.cells.length));
  const arranges = width < 2 || rows.length < 2 || table.querySelector("table, ul, ol, pre, blockquote, h1, h2, h3");
  if (arranges) return rows.flatMap((row) => [...row.cells].flatMap(blocks));
  const lines = rows.map((row) => {
    const cells = [...row.cells].map((cell) => oneLine(cell).replace(/\|/g, "\\|"));
    return `| ${[...cells, ...Array(width - cells.length).fill("")].join(" | ")} |`;
  });
  return [[lines[0], `|${" --- |".repeat(width)}`, ...lines.slice(1)].join("\n")];
}
