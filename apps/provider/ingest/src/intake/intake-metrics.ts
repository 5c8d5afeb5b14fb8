import { Inject, Injectable } from '@nestjs/common';
import { METRICS } from '@samenhang/service-kit';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Source } from '../sources/source.js';

export type IntakeOutcome = 'accepted' | 'duplicate' | 'refused' | 'failed';

/** Figures per source: how many messages came, how they fared, and when the last one came. */
@Injectable()
export class IntakeMetrics {
  readonly #messages: Counter<'tenant' | 'source' | 'outcome'>;
  readonly #latest: Gauge<'tenant' | 'source'>;

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
  }

  count({ tenant, id }: Source, outcome: IntakeOutcome, number = 1): void {
    if (number === 0) return;
    this.#messages.inc({ tenant, source: id, outcome }, number);
    this.#latest.set({ tenant, source: id }, Date.now() / 1000);
  }
}
