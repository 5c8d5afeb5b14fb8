import type { ChildProcess } from 'node:child_process';
import type { EventEnvelope, NewEvent } from '@samenhang/data-model';
import type { EventConsumer, EventLog, Transaction } from '../port.js';

/** A log with connections of its own, as one process of a service has it. */
export interface OpenLog {
  readonly log: EventLog;
  runInTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Stops the log and gives up its connections. */
  close(): Promise<void>;
}

/** What an engine supplies to be tested: a fresh database and, where it has one, topics nobody else uses. */
export interface EventLogHarness {
  open(producer: string): Promise<OpenLog>;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /**
   * Starts a process that consumes `audit.recorded` for `group` with `recordEffects`, slowly, and prints a line for
   * each chunk it is in the middle of.
   */
  spawnSlowConsumer(group: string): ChildProcess;
  close(): Promise<void>;
}

export type NumberedEvent = NewEvent<'audit.recorded'>;

/** An event that carries its number within its key. */
export function numbered(key: string, number: number, extra: Record<string, unknown> = {}): NumberedEvent {
  return {
    type: 'audit.recorded',
    key,
    tenant: null,
    payload: {
      recordedAt: '2026-01-01T00:00:00Z',
      auditEvent: { resourceType: 'AuditEvent', id: `${key}-${number}`, number, ...extra },
    },
  };
}

export const numberOf = (event: EventEnvelope): number =>
  (event as EventEnvelope<'audit.recorded'>).payload.auditEvent['number'] as number;

export async function createEffectTable(harness: EventLogHarness): Promise<void> {
  await harness.query(
    'CREATE TABLE public.effect (sequence bigserial PRIMARY KEY, consumer_group text, event_id text, key text, number integer)',
  );
}

/** The simplest effect: one row for each event, in the consumer's transaction. */
export async function recordEffects(
  transaction: Transaction,
  group: string,
  events: readonly EventEnvelope[],
): Promise<void> {
  await transaction.query(
    'INSERT INTO public.effect (consumer_group, event_id, key, number) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::integer[])',
    [group, events.map((event) => event.id), events.map((event) => event.key), events.map(numberOf)],
  );
}

export interface Effect {
  readonly event_id: string;
  readonly key: string;
  readonly number: number;
}

export function readEffects(harness: EventLogHarness, group: string): Promise<Effect[]> {
  return harness.query<Effect>(
    'SELECT event_id, key, number FROM public.effect WHERE consumer_group = $1 ORDER BY sequence',
    [group],
  );
}

/** Numbers in the order of their effects, per key. */
export async function effectsByKey(
  harness: EventLogHarness,
  group: string,
): Promise<Record<string, number[]>> {
  const byKey: Record<string, number[]> = {};
  for (const { key, number } of await readEffects(harness, group)) (byKey[key] ??= []).push(number);
  return byKey;
}

export function recorder(
  group: string,
  before: (events: readonly EventEnvelope[]) => Promise<void> | void = () => {},
): EventConsumer {
  return {
    group,
    type: 'audit.recorded',
    handle: async (transaction, events) => {
      await recordEffects(transaction, group, events);
      // After the effect: a failure has something to undo.
      await before(events);
    },
  };
}

export function publish(opened: OpenLog, ...events: readonly NewEvent[]): Promise<void> {
  return opened.runInTransaction((transaction) => opened.log.publish(transaction, events));
}

export const range = (length: number): number[] => Array.from({ length }, (_, index) => index + 1);
