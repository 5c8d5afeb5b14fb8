import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';

/** Rows that are read and kept at a time. */
const FETCHED = 1_000;
/** Of PostgreSQL: cancelled (time-out), and more than one value where one is expected. */
const QUERY_CANCELED = '57014';
const CARDINALITY_VIOLATION = '21000';

export interface Bounds {
  readonly maximumRows: number;
  readonly maximumSeconds: number;
}

export interface PersonRow {
  readonly person: string;
  /** JSON array, as the database wrote it: decimals stay what they are. */
  readonly cells: string;
}

/** As many arguments as a function of PostgreSQL takes. */
export const mostColumns = 100;

/**
 * The rows of a statement, a part at a time. It ends: each part within the transaction's statement time-out, the whole within
 * the bounds. Gives back whether rows were left out.
 * @throws Failure('timeout' | 'invalid')
 */
export async function* fetchRows(
  transaction: Transaction,
  statement: { readonly sql: string; readonly values: unknown[] },
  { maximumRows, maximumSeconds }: Bounds,
): AsyncGenerator<readonly PersonRow[], boolean> {
  const deadline = performance.now() + maximumSeconds * 1000;
  await asFailure(() =>
    transaction.query(`DECLARE view_rows NO SCROLL CURSOR FOR ${statement.sql}`, statement.values),
  );
  for (let given = 0; ;) {
    if (performance.now() > deadline) throw tooLong();
    const rows = await asFailure(() => transaction.query<PersonRow>(`FETCH ${FETCHED} FROM view_rows`));
    const part = rows.slice(0, maximumRows - given);
    if (part.length > 0) yield part;
    given += part.length;
    if (part.length < rows.length) return true;
    if (rows.length < FETCHED) return false;
  }
}

/** @throws Failure('timeout' | 'invalid') for what a view can be to blame for */
export async function asFailure<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = (cause as { code?: unknown }).code;
    if (code === QUERY_CANCELED) throw tooLong(cause);
    // Whatever the server says of a row could quote it.
    if (code === CARDINALITY_VIOLATION)
      throw new Failure('invalid', 'A column of the view has more than one value and is no collection');
    if (typeof code === 'string' && code.startsWith('22'))
      throw new Failure('invalid', 'The view computes something that its values do not allow');
    throw cause;
  }
}

function tooLong(cause?: unknown): Failure {
  return new Failure('timeout', 'The view takes longer than a holder works for it', { cause });
}
