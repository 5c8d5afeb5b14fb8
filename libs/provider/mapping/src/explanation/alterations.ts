import type { TableSet } from '../tables/table-set.js';
import { isTree } from '../json-tree.js';
import type { TableEntry } from './traced-tables.js';

/** The entries of code tables that the message as it is makes use of. */
export interface KnownEntries {
  readonly used: readonly TableEntry[];
  readonly set: TableSet;
}

/** Code tables of which another entry tells whether a code matters where leaving it out does not. */
const OTHER_CODES = 4;

/** Other texts that a sender could have written at a place: of the same shape, or another code of the same table. */
export function alterationsOf(
  text: string,
  tables: KnownEntries,
  declared: Readonly<Record<string, unknown>> | undefined,
): string[] {
  const altered = [
    text.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/, next),
    text.replace(/[0-9A-Za-z]/, next),
    text.replaceAll(/[0-9A-Za-z]/g, next),
    ...otherCodes(text, tables),
    ...otherKeys(text, declared),
  ];
  return [...new Set(altered)].filter((one) => one !== text);
}

function next(character: string): string {
  if (character === '9') return '0';
  if (character === 'z') return 'a';
  if (character === 'Z') return 'A';
  return String.fromCharCode(character.charCodeAt(0) + 1);
}

function otherCodes(text: string, { used, set }: KnownEntries): string[] {
  return used
    .filter(({ entry }) => entry.toUpperCase() === text.trim().toUpperCase())
    .flatMap(({ table, entry }) => {
      const codes = codesOf(table, set);
      const meaning = codes[entry];
      const others = Object.keys(codes).filter((code) => codes[code] !== meaning);
      return others.slice(0, OTHER_CODES);
    });
}

function codesOf(path: string, set: TableSet): Readonly<Record<string, string>> {
  const [file, name = ''] = path.split('/');
  const table = file === 'hl7-tables' ? set['hl7-tables'][name] : undefined;
  if (typeof table === 'object') return table.codes;
  const map = file === 'code-maps' ? set['code-maps'][name] : undefined;
  return typeof map === 'object' ? map : {};
}

/** Codes that a source declares of its own table, beside this one. */
function otherKeys(text: string, declared: unknown): string[] {
  if (Array.isArray(declared)) return declared.flatMap((part) => otherKeys(text, part));
  if (!isTree(declared)) return [];
  const own = Object.hasOwn(declared, text) ? Object.keys(declared).slice(0, OTHER_CODES) : [];
  return [...own, ...Object.values(declared).flatMap((part) => otherKeys(text, part))];
}
