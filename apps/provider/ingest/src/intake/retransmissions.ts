import type { Transaction } from '@samenhang/event-log';
import { sourceKey } from '../sources/source.js';
import type { Arrival, Receipt } from './arrival.js';

/** How many messages of a source, received on a day, had come before. */
export interface Retransmissions {
  readonly tenant: string;
  readonly source: string;
  /** ISO 8601, in UTC. */
  readonly day: string;
  readonly messages: number;
}

/** @param receipts one for each arrival, in their order */
export function retransmissionsAmong(
  arrivals: readonly Arrival[],
  receipts: readonly Receipt[],
): Retransmissions[] {
  const counts = new Map<string, Retransmissions>();
  for (const [index, { source, receivedAt }] of arrivals.entries()) {
    if (receipts[index]?.isDuplicate !== true) continue;
    const day = receivedAt.toISOString().slice(0, 10);
    const key = `${sourceKey(source)} ${day}`;
    const messages = (counts.get(key)?.messages ?? 0) + 1;
    counts.set(key, { tenant: source.tenant, source: source.id, day, messages });
  }
  return [...counts.values()];
}

/** The locks on the sources put concurrent instances in line: these rows need no order. */
export async function addRetransmissions(
  transaction: Transaction,
  counts: readonly Retransmissions[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO retransmission_count AS c (tenant, source, day, messages)
     SELECT tenant, source, day, messages
       FROM json_to_recordset($1::json) AS r (tenant text, source text, day date, messages bigint)
     ON CONFLICT (tenant, source, day) DO UPDATE SET messages = c.messages + excluded.messages`,
    [JSON.stringify(counts)],
  );
}
