import { Inject, Injectable } from '@nestjs/common';
import { inTransaction } from '@samenhang/persistence';
import { METRICS } from '@samenhang/service-kit';
import { Gauge, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { SourceRegistry } from '../sources/source-registry.js';
import { findSourceFigures, type SourceFigures } from './source-figures.js';

type Label = 'tenant' | 'source';

/** One look at the database serves all gauges of a scrape. */
const FRESH_MS = 500;

/** Figures per source that are looked up when they are asked for: they hold across restarts and for all instances. */
@Injectable()
export class SourceGauges {
  #looked: { readonly at: number; readonly figures: Promise<readonly SourceFigures[]> } | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly registry: SourceRegistry,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.#gauge(
      metrics,
      'lag_messages',
      'Accepted messages that are not mapped yet',
      ({ waiting }) => waiting,
    );
    this.#gauge(
      metrics,
      'lag_seconds',
      'Age of the oldest accepted message that is not mapped yet',
      ageOfOldest,
    );
    this.#gauge(metrics, 'quarantine_messages', 'Messages in quarantine', ({ quarantined }) => quarantined);
    this.#gauge(
      metrics,
      'last_message_age_seconds',
      'Time since the last message of a source arrived',
      ({ lastReceivedAt }) => (lastReceivedAt === null ? undefined : secondsSince(lastReceivedAt)),
    );
    this.#gauge(
      metrics,
      'source_up',
      '1 when a source is connected or paused on purpose, else 0',
      (figures) => (this.#isUp(figures) ? 1 : 0),
    );
  }

  #gauge(
    metrics: Registry,
    name: string,
    help: string,
    valueOf: (figures: SourceFigures) => number | undefined,
  ): void {
    const lookUp = (): Promise<readonly SourceFigures[]> => this.#figures();
    const gauge: Gauge<Label> = new Gauge<Label>({
      name: `samenhang_ingest_${name}`,
      help,
      labelNames: ['tenant', 'source'],
      registers: [metrics],
      async collect() {
        // A scrape while the database is away gives the other figures of the process.
        const figures = await lookUp().catch(() => []);
        gauge.reset();
        for (const one of figures) {
          const value = valueOf(one);
          if (value !== undefined) gauge.set({ tenant: one.tenant, source: one.source }, value);
        }
      },
    });
  }

  #figures(): Promise<readonly SourceFigures[]> {
    const now = Date.now();
    if (this.#looked === undefined || now - this.#looked.at > FRESH_MS)
      this.#looked = {
        at: now,
        figures: inTransaction(this.dataSource, (transaction) => findSourceFigures(transaction)),
      };
    return this.#looked.figures;
  }

  #isUp({ tenant, source }: SourceFigures): boolean {
    const found = this.registry.all().find((one) => one.tenant === tenant && one.id === source);
    return found !== undefined && this.registry.describe(found).state !== 'failing';
  }
}

function ageOfOldest({ waitingSince }: SourceFigures): number {
  return waitingSince === null ? 0 : secondsSince(waitingSince);
}

function secondsSince(date: Date): number {
  return Math.max(0, (Date.now() - date.getTime()) / 1000);
}
