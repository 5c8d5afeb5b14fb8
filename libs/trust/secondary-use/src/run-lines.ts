import { Failure } from '@samenhang/errors';

/** Media type of what a holder answers to a view: lines of JSON, ended by one that says so. */
export const runLinesType = 'application/x-ndjson';

export interface RunColumn {
  readonly name: string;
  readonly type?: string;
  readonly collection?: true;
}

/**
 * One line of a holder's answer. Persons come before their rows: the keys that stand for them in cells, and what the
 * recipient of the pseudonyms needs to put its own in their place, which the holder cannot know.
 */
export type RunLine =
  | { readonly columns: readonly RunColumn[] }
  | { readonly persons: RunPersons }
  | { readonly row: readonly unknown[] }
  | { readonly end: RunEnd };

export interface RunPersons {
  readonly keys: readonly string[];
  readonly blindFactors: readonly string[];
  /** JWE to the recipient; its subjects are in the order of the keys. */
  readonly evaluation: string;
}

/** Without it the answer broke off. */
export interface RunEnd {
  readonly rows: number;
  /** Whether more rows were there than a holder gives at once. */
  readonly truncated: boolean;
}

/** @throws Failure('upstream') for what no holder should say */
export function readRunLine(text: string): RunLine {
  const line = parse(text);
  if (Array.isArray(line['row'])) return { row: line['row'] };
  if (Array.isArray(line['columns'])) return { columns: line['columns'].map(readColumn) };
  if (isObject(line['persons'])) return { persons: readPersons(line['persons']) };
  if (isObject(line['end'])) {
    const { rows, truncated } = line['end'];
    if (typeof rows === 'number' && typeof truncated === 'boolean') return { end: { rows, truncated } };
  }
  throw unreadable();
}

function readColumn(value: unknown): RunColumn {
  if (!isObject(value) || typeof value['name'] !== 'string') throw unreadable();
  const { name, type, collection } = value;
  return {
    name,
    ...(typeof type === 'string' ? { type } : {}),
    ...(collection === true ? { collection } : {}),
  };
}

function readPersons({ keys, blindFactors, evaluation }: Record<string, unknown>): RunPersons {
  if (!isTexts(keys) || !isTexts(blindFactors) || typeof evaluation !== 'string') throw unreadable();
  if (keys.length !== blindFactors.length) throw unreadable();
  return { keys, blindFactors, evaluation };
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The parser's message would quote the line.
  }
  throw unreadable();
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function unreadable(): Failure {
  return new Failure('upstream', 'The holder gave a line that cannot be read');
}
