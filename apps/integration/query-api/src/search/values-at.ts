import { isRecord } from '../sources/json-shape.js';

/** Values at a path of elements, lists taken apart; `false` and `0` are values. */
export function valuesAt(value: unknown, path: string): unknown[] {
  let values: unknown[] = [value];
  for (const part of path.split('.')) {
    values = values
      .flatMap((parent) => (isRecord(parent) ? [parent[part]] : []))
      .flat()
      .filter((child) => child !== undefined && child !== null);
  }
  return values;
}
