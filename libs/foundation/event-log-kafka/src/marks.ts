import type { EventType } from '@samenhang/data-model';
import { comparePlaces, type Delivery, type Place, type Transaction } from '@samenhang/event-log';

/**
 * The relay hands each producer's events on in order and at least once. So for a partition one place per producer
 * says all: what comes at or before it was dealt with already. The marks commit with the effects; Kafka's own
 * offsets, committed later, only say where to go on reading.
 */
export interface PartitionIdentity {
  readonly group: string;
  readonly type: EventType;
  readonly partition: number;
}

export type Marks = ReadonlyMap<string, Place>;

interface MarkRow extends Place {
  readonly producer: string | null;
}

/** The row without producer is where the embedded engine was with this consumer, before the change to Kafka. */
export async function readMarks(
  transaction: Transaction,
  { group, type, partition }: PartitionIdentity,
): Promise<{ marks: Marks; start: Place }> {
  const rows = await transaction.query<MarkRow>(
    `SELECT producer, tx::text AS tx, position::text AS position FROM event_log.mark
     WHERE consumer_group = $1 AND type = $2 AND partition = $3
     UNION ALL
     SELECT NULL, tx::text, position::text FROM event_log.progress WHERE consumer_group = $1 AND type = $2`,
    [group, type, partition],
  );
  const marks = new Map<string, Place>();
  let start: Place = { tx: '0', position: '0' };
  for (const { producer, tx, position } of rows) {
    if (producer === null) start = { tx, position };
    else marks.set(producer, { tx, position });
  }
  return { marks, start };
}

/** What is new among deliveries of one partition, in their order. */
export function dropKnown(deliveries: readonly Delivery[], marks: Marks, start: Place): Delivery[] {
  const reached = new Map(marks);
  return deliveries.filter(({ producer, place }) => {
    if (comparePlaces(place, reached.get(producer) ?? start) <= 0) return false;
    reached.set(producer, place);
    return true;
  });
}

/** The last place of each producer. */
export function lastPlaces(deliveries: readonly Delivery[]): Map<string, Place> {
  const last = new Map<string, Place>();
  for (const { producer, place } of deliveries) {
    const known = last.get(producer);
    if (known === undefined || comparePlaces(place, known) > 0) last.set(producer, place);
  }
  return last;
}

export async function raiseMarks(
  transaction: Transaction,
  { group, type, partition }: PartitionIdentity,
  places: Marks,
): Promise<void> {
  const entries = [...places];
  await transaction.query(
    `INSERT INTO event_log.mark AS mark (consumer_group, type, partition, producer, tx, position)
     SELECT $1::text, $2::text, $3::integer, * FROM unnest($4::text[], $5::bigint[], $6::bigint[])
     ON CONFLICT (consumer_group, type, partition, producer)
     DO UPDATE SET tx = excluded.tx, position = excluded.position, updated_at = now()
     WHERE (mark.tx, mark.position) < (excluded.tx, excluded.position)`,
    [
      group,
      type,
      partition,
      entries.map(([producer]) => producer),
      entries.map(([, place]) => place.tx),
      entries.map(([, place]) => place.position),
    ],
  );
}
