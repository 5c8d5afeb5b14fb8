import { setImmediate as others } from 'node:timers/promises';
import type { Member, Minimise } from './minimise.js';
import type { PageRow } from './read-page.js';

/** So many resources are made coarser before others get their turn. */
const TURN = 250;

/** What one page became, and how far it goes. */
export interface MadePart {
  readonly rows: number;
  /** One behind another they are its lines. */
  readonly texts: readonly string[];
  /** Null where there was nothing more. */
  readonly lastId: string | null;
  readonly isLast: boolean;
}

export interface PartSource {
  readonly limit: number;
  readonly read: (afterId: string | null) => Promise<PageRow[]>;
  readonly minimise: Minimise;
  /** Whose resource it is, where it takes part. */
  readonly memberOf: (row: PageRow) => Member | undefined;
}

/** Part after part of one type. While one is kept the next is made, and while that is made the database reads the one behind it. */
export async function* makeParts(source: PartSource, afterId: string | null): AsyncGenerator<MadePart> {
  const parts = madeInTurn(source, afterId);
  try {
    let making = parts.next();
    for (;;) {
      const made = await making;
      if (made.done === true) return;
      making = parts.next();
      // Heard of when it is its turn, if it still comes to that.
      making.catch(() => {});
      yield made.value;
    }
  } finally {
    await parts.return(undefined).catch(() => {});
  }
}

async function* madeInTurn(source: PartSource, afterId: string | null): AsyncGenerator<MadePart, undefined> {
  let reading = source.read(afterId);
  for (;;) {
    const rows = await reading;
    const lastId = rows.at(-1)?.id ?? null;
    const isLast = rows.length < source.limit;
    if (!isLast) {
      reading = source.read(lastId);
      reading.catch(() => {});
    }
    yield { ...(await linesOf(rows, source)), lastId, isLast };
    if (isLast) return;
  }
}

async function linesOf(
  rows: readonly PageRow[],
  { minimise, memberOf }: PartSource,
): Promise<Pick<MadePart, 'rows' | 'texts'>> {
  const texts: string[] = [];
  let given = 0;
  for (let start = 0; start < rows.length; start += TURN) {
    if (start > 0) await others();
    const pieces: string[] = [];
    for (const row of rows.slice(start, start + TURN)) {
      const member = memberOf(row);
      if (member === undefined || row.resource === null) continue;
      minimise(row.resource, member, pieces);
      given += 1;
    }
    texts.push(pieces.join(''));
  }
  return { rows: given, texts };
}
