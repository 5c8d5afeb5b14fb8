import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IngestConfiguration } from '../ingest.configuration.js';
import type { Arrival } from '../intake/arrival.js';
import type { Source } from '../sources/source.js';
import { findDelivery, openDelivery, type Delivery } from './delivery-store.js';
import {
  DeliveryIntake,
  type DeliveredRecord,
  type DeliveryTotals,
  type TakenChunk,
} from './take-delivery.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Streams over HTTP. One with an `Idempotency-Key` goes on, when it is sent again, where it broke off. */
@Injectable()
export class StreamDeliveries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: DeliveryIntake,
    private readonly configuration: IngestConfiguration,
  ) {}

  async take(
    source: Source,
    body: Readable,
    key: string | string[] | undefined,
    read: (stream: AsyncIterable<Buffer>) => AsyncIterable<readonly DeliveredRecord[]>,
    toArrivals: (records: readonly DeliveredRecord[]) => readonly Arrival[],
    onTaken: (chunk: TakenChunk) => void,
  ): Promise<DeliveryTotals> {
    const delivery = key === undefined ? undefined : await this.#open(source, key);
    return this.intake.take(source, delivery, read(this.#limit(body)), toArrivals, onTaken);
  }

  async #open(source: Source, key: string | string[]): Promise<Delivery> {
    if (typeof key !== 'string' || !KEY.test(key))
      throw new Failure('malformed', 'An Idempotency-Key has 1 to 200 visible ASCII characters');
    return inTransaction(this.dataSource, async (transaction) => {
      const known = await findDelivery(transaction, source, key);
      return known ?? openDelivery(transaction, source, { name: key, sha256: null, bytes: 0 });
    });
  }

  async *#limit(body: Readable): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > this.configuration.deliveryMaximumBytes) throw new Failure('too-large');
      yield piece;
    }
  }
}
