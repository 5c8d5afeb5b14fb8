import { Inject, Injectable } from '@nestjs/common';
import { METRICS } from '@samenhang/service-kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Source } from '../sources/source.js';
import type { Arrival } from './arrival.js';

export type IntakeOutcome = 'accepted' | 'duplicate' | 'refused' | 'failed';

/** Figures per source: how many messages came, how they fared, how long they waited, and when the last one came. */
@Injectable()
export class IntakeMetrics {
  readonly #messages: Counter<'tenant' | 'source' | 'outcome'>;
  readonly #latest: Gauge<'tenant' | 'source'>;
  readonly #waits: Histogram<'tenant' | 'source'>;

  constructor(@Inject(METRICS) registry: Registry) {
    this.#messages = new Counter({
      name: 'samenhang_ingest_messages_total',
      help: 'Messages by source and outcome',
      labelNames: ['tenant', 'source', 'outcome'],
      registers: [registry],
    });
    this.#latest = new Gauge({
      name: 'samenhang_ingest_last_message_timestamp_seconds',
      help: 'When the last message of a source arrived',
      labelNames: ['tenant', 'source'],
      registers: [registry],
    });
    this.#waits = new Histogram({
      name: 'samenhang_ingest_acknowledgement_seconds',
      help: 'Time from a message to its durable storage, after which it is acknowledged',
      labelNames: ['tenant', 'source'],
      buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
  }

  count({ tenant, id }: Source, outcome: IntakeOutcome, number = 1): void {
    if (number === 0) return;
    this.#messages.inc({ tenant, source: id, outcome }, number);
    this.#latest.set({ tenant, source: id }, Date.now() / 1000);
  }

  /** Arrivals that were stored together, and how long it took. */
  stored(arrivals: readonly Arrival[], milliseconds: number): void {
    for (const { source } of arrivals)
      this.#waits.observe({ tenant: source.tenant, source: source.id }, milliseconds / 1000);
  }
}
