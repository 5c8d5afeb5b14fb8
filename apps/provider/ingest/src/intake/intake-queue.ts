import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventContractError, type MessageId } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransaction, inTransactionUnder } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, TRACING, type TraceSpan, type Tracing } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { quarantineAtIntake } from '../quarantine/quarantine-store.js';
import type { Arrival, Receipt } from './arrival.js';
import { IntakeMetrics } from './intake-metrics.js';
import { findKnown, insertMessages, lockPositions, receivedEvent } from './message-store.js';
import { planBatch, type BatchPlan } from './plan-batch.js';
import { addRetransmissions, retransmissionsAmong } from './retransmissions.js';

/** What is committed with arrivals: it is told what becomes of them. */
type Alongside = (transaction: Transaction, receipts: readonly Receipt[]) => Promise<void>;

/** Arrivals that are stored together or not at all, and what else must be committed with them. */
interface Delivery {
  readonly arrivals: readonly Arrival[];
  readonly alongside: Alongside | undefined;
  readonly bytes: number;
  readonly spans: ReadonlyMap<Arrival, TraceSpan>;
  resolve(receipts: readonly Receipt[]): void;
  reject(error: unknown): void;
}

const noSpans: ReadonlyMap<Arrival, TraceSpan> = new Map();

const BATCH_DELIVERIES = 400;
const BATCH_BYTES = 16 * 1024 * 1024;
/** Beyond these, sources are made to wait: what is queued is memory that no acknowledgement covers yet. */
const BUSY_DELIVERIES = 2_000;
const BUSY_BYTES = 48 * 1024 * 1024;

/**
 * One plan serves groups of any size: with another for each, planning would cost more than running. It goes by index: a
 * plan made while the tables are small would read them whole when they have grown.
 */
const planOnce = { plan_cache_mode: 'force_generic_plan', enable_seqscan: 'off' };

/**
 * Stores messages durably before anyone is told so. Group commit: what arrives while a transaction runs is collected
 * and stored by the next one, so that the cost of a commit is shared by all that wait for it.
 */
@Injectable()
export class IntakeQueue implements OnApplicationShutdown {
  #waiting: Delivery[] = [];
  #waitingBytes = 0;
  #running: Promise<void> | undefined;
  #readyWaiters: (() => void)[] = [];

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(TRACING) private readonly tracing: Tracing,
    private readonly metrics: IntakeMetrics,
  ) {}

  get isBusy(): boolean {
    return this.#waiting.length > BUSY_DELIVERIES || this.#waitingBytes > BUSY_BYTES;
  }

  /** Whether messages of sources wait to be stored at this moment. */
  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Resolves when sources may send again. */
  whenReady(): Promise<void> {
    if (!this.isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#readyWaiters.push(resolve));
  }

  /**
   * Resolves once the arrivals and their events are committed, in one transaction with `alongside`.
   * @throws Failure('unavailable') when they could not be stored; nothing of them is then
   */
  submit(arrivals: readonly Arrival[], alongside?: Alongside): Promise<readonly Receipt[]> {
    const bytes = arrivals.reduce((sum, arrival) => sum + arrival.content.length, 0);
    const spans = this.tracing.isOn ? this.#spansOf(arrivals) : noSpans;
    const since = performance.now();
    return new Promise<readonly Receipt[]>((resolve, reject) => {
      this.#waiting.push({ arrivals, alongside, bytes, spans, resolve, reject });
      this.#waitingBytes += bytes;
      this.#running ??= this.#run();
    }).then(
      (receipts) => {
        for (const span of spans.values()) span.end();
        this.metrics.stored(arrivals, performance.now() - since);
        return receipts;
      },
      (error: unknown) => {
        for (const span of spans.values()) span.end(error);
        throw error;
      },
    );
  }

  #spansOf(arrivals: readonly Arrival[]): ReadonlyMap<Arrival, TraceSpan> {
    return new Map(
      arrivals.map((arrival) => {
        const { tenant, id } = arrival.source;
        const attributes = { tenant, source: id };
        return [arrival, this.tracing.startSpan('ingest.receive', { kind: 'server', attributes })];
      }),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    // Arrivals of the same turn of the event loop belong to one batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      await this.#store(batch);
      if (!this.isBusy) for (const resume of this.#readyWaiters.splice(0)) resume();
    }
    this.#running = undefined;
  }

  #takeBatch(): Delivery[] {
    let count = 0;
    let bytes = 0;
    for (const delivery of this.#waiting) {
      if (count > 0 && (count >= BATCH_DELIVERIES || bytes + delivery.bytes > BATCH_BYTES)) break;
      count++;
      bytes += delivery.bytes;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #store(batch: readonly Delivery[]): Promise<void> {
    try {
      const receipts = await this.#commit(batch);
      let at = 0;
      for (const delivery of batch) delivery.resolve(receipts.slice(at, (at += delivery.arrivals.length)));
    } catch (error) {
      await this.#recover(batch, error);
    }
  }

  /** Messages alone go by statements kept prepared; what is stored alongside is planned each time, for tables that grow. */
  #commit(batch: readonly Delivery[]): Promise<readonly Receipt[]> {
    if (batch.some(({ alongside }) => alongside !== undefined)) {
      return inTransaction(this.dataSource, async (transaction) => {
        const plan = await this.#plan(transaction, batch);
        await Promise.all(this.#writes(transaction, batch, plan));
        const { receipts } = plan;
        let at = 0;
        for (const { arrivals: own, alongside } of batch)
          await alongside?.(transaction, receipts.slice(at, (at += own.length)));
        return receipts;
      });
    }
    return inTransactionUnder(this.dataSource, planOnce, async (transaction) => {
      const plan = await this.#plan(transaction, batch);
      await transaction.commitBehind(() => this.#writes(transaction, batch, plan));
      return plan.receipts;
    });
  }

  async #plan(transaction: Transaction, batch: readonly Delivery[]): Promise<BatchPlan> {
    const arrivals = batch.flatMap((delivery) => delivery.arrivals);
    // Sent at once, and run one after the other: what is known is looked up when the counters are ours.
    const [positions, known] = await Promise.all([
      lockPositions(transaction, arrivals),
      findKnown(transaction, arrivals),
    ]);
    return planBatch(arrivals, known, positions, () => randomUUID() as MessageId);
  }

  /** One statement each. */
  #writes(
    transaction: Transaction,
    batch: readonly Delivery[],
    { messages, receipts }: BatchPlan,
  ): Promise<unknown>[] {
    const writes: Promise<unknown>[] = [];
    if (messages.length < receipts.length) {
      const arrivals = batch.flatMap((delivery) => delivery.arrivals);
      writes.push(addRetransmissions(transaction, retransmissionsAmong(arrivals, receipts)));
    }
    if (messages.length === 0) return writes;
    const accepted = messages.filter(({ arrival }) => arrival.refusal === undefined);
    const traces = new Map(batch.flatMap(({ spans }) => [...spans]));
    const events = accepted.map((message) =>
      receivedEvent(message, traces.get(message.arrival)?.traceparent),
    );
    writes.push(insertMessages(transaction, messages));
    if (accepted.length < messages.length) writes.push(quarantineAtIntake(transaction, messages));
    if (accepted.length > 0) writes.push(this.eventLog.publish(transaction, events));
    return writes;
  }

  /** One delivery that the database refuses must not take its neighbours with it; an unreachable database takes all. */
  async #recover(batch: readonly Delivery[], error: unknown): Promise<void> {
    if (batch.length > 1 && isFaultOfContent(error)) {
      const half = batch.length >> 1;
      await this.#store(batch.slice(0, half));
      await this.#store(batch.slice(half));
      return;
    }
    this.logger.error({ error, deliveries: batch.length }, 'messages could not be stored');
    const failure = new Failure('unavailable', 'The message could not be stored', {
      cause: error,
      retryAfterSeconds: 5,
    });
    for (const delivery of batch) delivery.reject(failure);
  }
}

/** SQLSTATE classes 22 (data) and 23 (integrity), or an event that breaks its contract. */
function isFaultOfContent(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return (
    error instanceof EventContractError ||
    (error instanceof Error && error.name === 'EventTooLargeError') ||
    (typeof code === 'string' && /^2[23]/.test(code))
  );
}
