import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import type { Arrival, Receipt, Refusal } from '../intake/arrival.js';
import { IntakeMetrics } from '../intake/intake-metrics.js';
import { IntakeQueue } from '../intake/intake-queue.js';
import type { Source } from '../sources/source.js';
import { advanceDelivery, closeDelivery, type Delivery } from './delivery-store.js';
import { chunksOf } from './read-lines.js';

/** One of the many messages of a file or stream. */
export interface DeliveredRecord {
  /** From 1, in the order of the file. */
  readonly number: number;
  /** First line of the record in the file. */
  readonly line: number;
  readonly content: Buffer;
  readonly refusal: Refusal | undefined;
}

/** What became of one chunk. */
export interface TakenChunk {
  readonly arrivals: readonly Arrival[];
  readonly receipts: readonly Receipt[];
}

export interface DeliveryTotals {
  readonly records: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly refused: number;
}

interface Running {
  records: number;
  accepted: number;
  duplicates: number;
  refused: number;
  chain: string;
}

/**
 * Takes a file or stream in, chunk by chunk: messages and the place reached are committed together, so that a delivery
 * that broke off goes on where it was, with nothing twice.
 */
@Injectable()
export class DeliveryIntake {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: IntakeQueue,
    private readonly metrics: IntakeMetrics,
  ) {}

  /**
   * @param delivery keeps the progress; without it, a stream that breaks off is sent again as a whole
   * @throws Failure('conflict') when what was taken in before is not what comes now
   */
  async take(
    source: Source,
    delivery: Delivery | undefined,
    records: AsyncIterable<readonly DeliveredRecord[]>,
    toArrivals: (records: readonly DeliveredRecord[]) => readonly Arrival[],
    onTaken: (chunk: TakenChunk) => void = () => undefined,
  ): Promise<DeliveryTotals> {
    const run = runOf(delivery);
    const before = { records: delivery?.readRecords ?? 0, chain: delivery?.readSha256 ?? '', seen: '' };
    for await (const chunk of chunksOf(records)) {
      const fresh = chunk.filter((record) => {
        if (record.number > before.records) return true;
        before.seen = link(before.seen, record.content);
        if (record.number === before.records && before.seen !== before.chain) throw changed();
        return false;
      });
      if (fresh.length === 0) continue;
      if (delivery !== undefined && delivery.state !== 'reading') throw changed();
      await this.intake.whenReady();
      onTaken(await this.#store(source, delivery, fresh, toArrivals(fresh), run));
    }
    if (before.records > run.records || (before.records > 0 && before.seen !== before.chain)) throw changed();
    if (delivery?.state === 'reading')
      await inTransaction(this.dataSource, (transaction) => closeDelivery(transaction, delivery.id, 'done'));
    const { records: total, accepted, duplicates, refused } = run;
    return { records: total, accepted, duplicates, refused };
  }

  async #store(
    source: Source,
    delivery: Delivery | undefined,
    records: readonly DeliveredRecord[],
    arrivals: readonly Arrival[],
    run: Running,
  ): Promise<TakenChunk> {
    let next = run;
    const receipts = await this.intake.submit(arrivals, async (transaction, receipts) => {
      next = advance(run, records, arrivals, receipts);
      if (delivery !== undefined)
        await advanceDelivery(transaction, delivery.id, run.records, {
          ...next,
          readRecords: next.records,
          readSha256: next.chain,
        });
    });
    this.metrics.count(source, 'accepted', next.accepted - run.accepted);
    this.metrics.count(source, 'duplicate', next.duplicates - run.duplicates);
    this.metrics.count(source, 'refused', next.refused - run.refused);
    Object.assign(run, next);
    return { arrivals, receipts };
  }
}

function runOf(delivery: Delivery | undefined): Running {
  return {
    records: delivery?.readRecords ?? 0,
    accepted: delivery?.accepted ?? 0,
    duplicates: delivery?.duplicates ?? 0,
    refused: delivery?.refused ?? 0,
    chain: delivery?.readSha256 ?? '',
  };
}

function advance(
  run: Running,
  records: readonly DeliveredRecord[],
  arrivals: readonly Arrival[],
  receipts: readonly Receipt[],
): Running {
  const isRefused = arrivals.map(({ refusal }) => refusal !== undefined);
  const refused = isRefused.filter(Boolean).length;
  const duplicates = receipts.filter(
    ({ isDuplicate }, index) => isDuplicate && isRefused[index] !== true,
  ).length;
  return {
    records: records.at(-1)?.number ?? run.records,
    accepted: run.accepted + arrivals.length - refused - duplicates,
    duplicates: run.duplicates + duplicates,
    refused: run.refused + refused,
    chain: records.reduce((chain, { content }) => link(chain, content), run.chain),
  };
}

/** Hash over all records so far. */
function link(chain: string, content: Buffer): string {
  return createHash('sha256').update(Buffer.from(chain, 'hex')).update(content).digest('hex');
}

function changed(): Failure {
  return new Failure('conflict', 'What was delivered under this name before is not what comes now');
}
