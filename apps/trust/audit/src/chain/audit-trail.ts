import { Injectable } from '@nestjs/common';
import type { AuditRecorded, EventEnvelope } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import canonicalize from 'canonicalize';
import { PatientKeys } from '../patient-keys.js';
import { emptyChain, extendChain, findBreak, type ChainHead, type ChainLink } from './chain-hash.js';

/** Events that belong to no care provider. */
export const platformStream = 'platform';

const PAGE = 1_000;

export interface ChainVerification {
  readonly stream: string;
  readonly events: number;
  readonly valid: boolean;
  /** Hash of the last event: kept elsewhere, it also proves that the chain was not rewritten as a whole. */
  readonly lastHash?: string;
  /** The first event that was changed, moved or removed. */
  readonly firstInvalidSequence?: number;
}

type AuditEnvelope = EventEnvelope<'audit.recorded'>;

/** What a stream has become: its new end, and the rows to add. */
interface ExtendedChain {
  readonly head: ChainHead & { readonly stream: string };
  readonly rows: readonly object[];
}

/** The append-only trail: one chain per care provider. */
@Injectable()
export class AuditTrail {
  constructor(private readonly patients: PatientKeys) {}

  /** Appends events that are not there yet. Writers of one stream wait for each other at its head. */
  async append(transaction: Transaction, events: readonly AuditEnvelope[]): Promise<void> {
    const known = await knownIds(transaction, events);
    const streams = Map.groupBy(
      events.filter((event) => !known.has(event.id)),
      (event) => event.tenant ?? platformStream,
    );
    if (streams.size === 0) return;
    const heads = await lockHeads(transaction, [...streams.keys()]);
    const chains = [...streams].map(([stream, added]) =>
      this.#extend(stream, heads.get(stream) ?? emptyChain, added),
    );
    await writeChains(transaction, chains);
  }

  #extend(stream: string, head: ChainHead, events: readonly AuditEnvelope[]): ExtendedChain {
    const links = extendChain(
      stream,
      head,
      events.map((event) => canonicalOf(event.payload)),
    );
    const rows = events.map((event, index) => ({
      ...links[index],
      stream,
      event_id: event.id,
      recorded_at: event.payload.recordedAt,
      patient_key: this.patients.findKey(event.payload.auditEvent) ?? null,
    }));
    const { sequence, hash } = links.at(-1) ?? head;
    return { head: { stream, sequence, hash }, rows };
  }

  /** Recomputes a whole chain, page by page, and compares its end with the recorded head. */
  async verify(transaction: Pick<Transaction, 'query'>, stream: string): Promise<ChainVerification> {
    const [recorded = emptyChain] = await transaction.query<ChainHead>(
      'SELECT sequence, hash FROM chain_head WHERE stream = $1',
      [stream],
    );
    let head: ChainHead = emptyChain;
    for (;;) {
      const links = await transaction.query<ChainLink>(
        'SELECT sequence, content, hash FROM audit_event WHERE stream = $1 AND sequence > $2 ORDER BY sequence LIMIT $3',
        [stream, head.sequence, PAGE],
      );
      const broken = findBreak(stream, head, links);
      if (broken !== undefined)
        return { stream, events: recorded.sequence, valid: false, firstInvalidSequence: broken };
      const last = links.at(-1);
      if (last === undefined) break;
      head = last;
    }
    if (head.sequence === recorded.sequence && head.hash === recorded.hash)
      return { stream, events: head.sequence, valid: true, lastHash: head.hash };
    return {
      stream,
      events: recorded.sequence,
      valid: false,
      firstInvalidSequence: Math.min(head.sequence, recorded.sequence) + 1,
    };
  }
}

function canonicalOf(payload: AuditRecorded): string {
  const content = canonicalize(payload.auditEvent);
  if (content === undefined) throw new Error('An audit event has no content');
  return content;
}

async function knownIds(
  transaction: Transaction,
  events: readonly AuditEnvelope[],
): Promise<ReadonlySet<string>> {
  const rows = await transaction.query<{ event_id: string }>(
    'SELECT event_id FROM audit_event WHERE event_id = ANY($1::uuid[])',
    [events.map((event) => event.id)],
  );
  return new Set(rows.map((row) => row.event_id));
}

/** The heads of some streams, locked: always in the same order, so that two writers cannot wait for each other. */
async function lockHeads(
  transaction: Transaction,
  streams: readonly string[],
): Promise<ReadonlyMap<string, ChainHead>> {
  const lock = async (): Promise<Map<string, ChainHead>> => {
    const rows = await transaction.query<ChainHead & { stream: string }>(
      'SELECT stream, sequence, hash FROM chain_head WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE',
      [streams],
    );
    return new Map(rows.map(({ stream, sequence, hash }) => [stream, { sequence, hash }]));
  };
  const heads = await lock();
  if (heads.size === streams.length) return heads;
  await transaction.query(
    `INSERT INTO chain_head (stream, sequence, hash)
     SELECT stream, $2, $3 FROM unnest($1::text[]) AS t(stream) ORDER BY stream ON CONFLICT (stream) DO NOTHING`,
    [streams, emptyChain.sequence, emptyChain.hash],
  );
  return lock();
}

/** Two statements for any number of streams: a busy moment concerns many care providers. */
async function writeChains(transaction: Transaction, chains: readonly ExtendedChain[]): Promise<void> {
  await transaction.query(
    `INSERT INTO audit_event (stream, sequence, event_id, recorded_at, patient_key, content, hash)
     SELECT stream, sequence, event_id, recorded_at, patient_key, content, hash FROM jsonb_to_recordset($1::jsonb)
       AS row (stream text, sequence bigint, event_id uuid, recorded_at timestamptz, patient_key text, content text, hash text)`,
    [JSON.stringify(chains.flatMap(({ rows }) => rows))],
  );
  await transaction.query(
    `UPDATE chain_head AS head SET sequence = row.sequence, hash = row.hash
     FROM jsonb_to_recordset($1::jsonb) AS row (stream text, sequence bigint, hash text) WHERE head.stream = row.stream`,
    [JSON.stringify(chains.map(({ head }) => head))],
  );
}
