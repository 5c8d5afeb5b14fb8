import type { ViewResult } from './engines.js';
import type { ViewTest } from './test-file.js';

/** Why a result is not what a test expects; undefined when it is. Rows count as a multiset; null is not absent. */
export function faultOf(test: ViewTest, outcome: ViewResult | Error): string | undefined {
  if (test.expectError === true) return outcome instanceof Error ? undefined : 'an error was expected';
  if (outcome instanceof Error) return `error: ${outcome.message}`;
  const { columns, rows } = outcome;
  if (test.expectColumns !== undefined && !isSameList(test.expectColumns, columns))
    return `columns ${columns.join(', ')} instead of ${test.expectColumns.join(', ')}`;
  if (test.expectCount !== undefined && rows.length !== test.expectCount)
    return `${rows.length} rows instead of ${test.expectCount}`;
  if (test.expect === undefined) return undefined;
  const given = rows.map((row) =>
    canonical(Object.fromEntries(columns.map((name, index) => [name, row[index]]))),
  );
  const wanted = test.expect.map(canonical);
  return isSameList(given.toSorted(), wanted.toSorted())
    ? undefined
    : `rows ${JSON.stringify(given)} instead of ${JSON.stringify(wanted)}`;
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/** JSON with keys in order, numbers by value. */
function canonical(value: unknown): string {
  const plain = JSON.parse(JSON.stringify(value)) as unknown;
  return JSON.stringify(plain, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
