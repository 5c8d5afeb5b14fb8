import type { HolderRows } from '../holders/federated-views.js';
import type { SourceCode } from './concept-map.js';

/** One row of a view, by the names of its columns. */
export interface Fact {
  readonly person: string;
  readonly custodian: string;
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  texts(name: string): string[];
  codes(systems: string, codes: string): SourceCode[];
}

/** Rows whose person is known. */
export function factsOf({ custodian, columns, rows }: HolderRows): Fact[] {
  const places = new Map(columns.map(({ name }, place) => [name, place]));
  return rows.flatMap((row) => {
    const cell = (name: string): unknown => row[places.get(name) ?? -1];
    const person = cell('person');
    return typeof person === 'string' ? [readFact(person, custodian, cell)] : [];
  });
}

function readFact(person: string, custodian: string, cell: (name: string) => unknown): Fact {
  return {
    person,
    custodian,
    text: (name) => {
      const value = cell(name);
      return typeof value === 'string' && value !== '' ? value : undefined;
    },
    number: (name) => {
      const value = cell(name);
      const number = typeof value === 'string' && value !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    },
    texts: (name) => {
      const values = cell(name);
      return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : [];
    },
    codes: (systems, codes) => {
      const [named, coded] = [cell(systems), cell(codes)];
      if (!Array.isArray(named) || !Array.isArray(coded) || named.length !== coded.length) return [];
      return named.flatMap((system: unknown, place) => {
        const code: unknown = coded[place];
        return typeof system === 'string' && typeof code === 'string' ? [{ system, code }] : [];
      });
    },
  };
}

const DAY = /^\d{4}-\d{2}-\d{2}/;

/** The first of them that is a day. */
export function dayOf(fact: Fact, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const day = DAY.exec(fact.text(name) ?? '')?.[0];
    if (day !== undefined) return day;
  }
  return undefined;
}
