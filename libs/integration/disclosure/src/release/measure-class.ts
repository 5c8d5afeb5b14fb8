import { unknownValue } from './hierarchy.js';
import type { EquivalenceClass, ReleasedRow } from './released-row.js';

/** Something nobody may learn about a person. In the order of its values, if they have one: 3 is nearer to 4 than to 9. */
export interface SensitiveColumn {
  readonly column: string;
  readonly order?: 'numeric';
}

/** Values and the part of the rows that has each. */
type Distribution = ReadonlyMap<string, number>;

export function distributionOf(rows: readonly ReleasedRow[], column: string): Distribution {
  const parts = new Map<string, number>();
  for (const { values } of rows) {
    const value = values[column] ?? '';
    parts.set(value, (parts.get(value) ?? 0) + 1 / rows.length);
  }
  return parts;
}

/** Distinct l-diversity: different values of a sensitive column in a class. That none is known is not a value. */
export function diversityOf({ rows }: EquivalenceClass, { column }: SensitiveColumn): number {
  return [...distributionOf(rows, column).keys()].filter((value) => value !== unknownValue).length;
}

/** Entropy l-diversity, as the number of equally frequent values with the same entropy. */
export function entropyDiversityOf({ rows }: EquivalenceClass, { column }: SensitiveColumn): number {
  const parts = [...distributionOf(rows, column).values()];
  return Math.exp(-parts.reduce((total, part) => total + part * Math.log(part), 0));
}

/**
 * t-closeness: the earth mover's distance between a class and the whole table. Equal ground distance for values without an
 * order; with an order, the distance in places between them (Li, Li and Venkatasubramanian, ICDE 2007).
 */
export function distanceOf(
  { rows }: EquivalenceClass,
  whole: Distribution,
  { column, order }: SensitiveColumn,
): number {
  const parts = distributionOf(rows, column);
  const values = [...new Set([...whole.keys(), ...parts.keys()])];
  const difference = (value: string) => (parts.get(value) ?? 0) - (whole.get(value) ?? 0);
  if (order === undefined) return values.reduce((total, value) => total + Math.abs(difference(value)) / 2, 0);
  const place = (value: string) => (value === unknownValue ? -Infinity : Number(value));
  values.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  let carried = 0;
  let work = 0;
  for (const value of values) {
    carried += difference(value);
    work += Math.abs(carried);
  }
  return values.length < 2 ? 0 : work / (values.length - 1);
}
