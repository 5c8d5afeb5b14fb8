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
    // Always in the same order, so that two writers cannot wait for each other.
    for (const stream of [...streams.keys()].toSorted()) {
      await this.#appendToStream(transaction, stream, streams.get(stream) ?? []);
    }
  }

  async #appendToStream(
    transaction: Transaction,
    stream: string,
    events: readonly AuditEnvelope[],
  ): Promise<void> {
    const head = await lockHead(transaction, stream);
    const links = extendChain(
      stream,
      head,
      events.map((event) => canonicalOf(event.payload)),
    );
    const rows = events.map((event, index) => ({
      ...links[index],
      event_id: event.id,
      recorded_at: event.payload.recordedAt,
      patient_key: this.patients.findKey(event.payload.auditEvent) ?? null,
    }));
    await transaction.query(
      `INSERT INTO audit_event (stream, sequence, event_id, recorded_at, patient_key, content, hash)
       SELECT $1, sequence, event_id, recorded_at, patient_key, content, hash FROM jsonb_to_recordset($2::jsonb)
         AS row (sequence bigint, event_id uuid, recorded_at timestamptz, patient_key text, content text, hash text)`,
      [stream, JSON.stringify(rows)],
    );
    const last = links.at(-1) ?? head;
    await transaction.query('UPDATE chain_head SET sequence = $2, hash = $3 WHERE stream = $1', [
      stream,
      last.sequence,
      last.hash,
    ]);
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

async function lockHead(transaction: Transaction, stream: string): Promise<ChainHead> {
  await transaction.query(
    'INSERT INTO chain_head (stream, sequence, hash) VALUES ($1, $2, $3) ON CONFLICT (stream) DO NOTHING',
    [stream, emptyChain.sequence, emptyChain.hash],
  );
  const [head] = await transaction.query<ChainHead>(
    'SELECT sequence, hash FROM chain_head WHERE stream = $1 FOR UPDATE',
    [stream],
  );
  if (head === undefined) throw new Error('The chain has no head');
  return head;
}
