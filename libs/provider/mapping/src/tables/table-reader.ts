import { isTree } from '../json-tree.js';

/** What is wrong with a table: the file, the entry in it, and what is expected there. */
export interface TableProblem {
  readonly file: string;
  readonly entry: string;
  readonly text: string;
}

/** A kind of text, with how a terminologist would call it. */
export interface TextKind {
  readonly is: (text: string) => boolean;
  readonly called: string;
}

/** Reads one file, noting everything that is wrong with it. */
export class TableReader {
  readonly problems: TableProblem[] = [];

  constructor(private readonly file: string) {}

  report(entry: string, text: string): void {
    this.problems.push({ file: this.file, entry, text });
  }

  /** The properties of an object; `title`, a text for people, is left out. */
  properties(value: unknown, entry: string): [string, unknown][] {
    if (!isTree(value)) {
      this.report(entry, 'must be an object');
      return [];
    }
    return Object.entries(value).filter(
      ([name]) => name !== 'title' && name !== 'source' && name !== 'target',
    );
  }

  /** Code to code. */
  texts(value: unknown, entry: string, keys: TextKind, values: TextKind): void {
    for (const [key, text] of this.properties(value, entry)) {
      const place = entry === '' ? key : `${entry}.${key}`;
      if (!keys.is(key)) this.report(place, `"${key}" is not ${keys.called}`);
      if (typeof text !== 'string' || !values.is(text)) this.report(place, `must be ${values.called}`);
    }
  }

  text(value: unknown, entry: string, texts: TextKind): void {
    if (typeof value !== 'string' || !texts.is(value)) this.report(entry, `must be ${texts.called}`);
  }

  /** Tables by a name of some kind. */
  eachNamed(value: unknown, names: TextKind, read: (table: unknown, entry: string) => void): void {
    for (const [name, table] of this.properties(value, '')) {
      if (!names.is(name)) this.report(name, `"${name}" is not ${names.called}`);
      read(table, name);
    }
  }

  list(value: unknown, entry: string, items: TextKind): void {
    if (!Array.isArray(value)) {
      this.report(entry, 'must be a list');
      return;
    }
    const seen = new Set<unknown>();
    for (const [index, item] of value.entries()) {
      const place = `${entry}[${String(index)}]`;
      if (typeof item !== 'string' || !items.is(item)) this.report(place, `must be ${items.called}`);
      else if (seen.has(item)) this.report(place, 'is on the list twice');
      seen.add(item);
    }
  }

  /** Tables by name: one that no rule asks for would be changed without effect. */
  named(value: unknown, known: object, read: (table: unknown, entry: string) => void): void {
    for (const [name, table] of this.properties(value, '')) {
      if (Object.hasOwn(known, name)) read(table, name);
      else this.report(name, `is not a table that the mapping has: ${namesOf(known)}`);
    }
  }

  /** Parts of a file by name, each read in its own way. */
  parts(value: unknown, readers: Readonly<Record<string, (part: unknown, entry: string) => void>>): void {
    for (const [name, part] of this.properties(value, '')) {
      const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
      if (read === undefined) this.report(name, `is not a part of this file: ${namesOf(readers)}`);
      else read(part, name);
    }
  }
}

function namesOf(known: object): string {
  return Object.keys(known)
    .filter((name) => name !== 'title')
    .join(', ');
}
