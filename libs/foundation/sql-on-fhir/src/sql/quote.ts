import { InvalidViewError } from '../view-error.js';

/** A text as an SQL literal, whatever the server's setting of `standard_conforming_strings`. */
export function sqlText(text: string): string {
  if (text.includes('\0')) throw new InvalidViewError('A text holds a NUL character', 'ViewDefinition');
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A key in an SQL/JSON path: JSON's own quoting is what the path language reads. */
export function pathKey(property: string): string {
  return `."${property.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
