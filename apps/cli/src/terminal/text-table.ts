import type { Terminal } from './terminal.js';

export function printTable(
  terminal: Terminal,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  for (const line of textTable(header, rows)) terminal.print(line);
}

/** Columns as wide as their widest cell, two spaces between them, no spaces at the end of a line. */
function textTable(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) =>
    widths
      .map((width, column) => (line[column] ?? '').padEnd(width))
      .join('  ')
      .trimEnd(),
  );
}
