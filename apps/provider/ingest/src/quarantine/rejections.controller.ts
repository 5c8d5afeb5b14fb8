import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { METRICS } from '@samenhang/service-kit';
import { Counter, type Registry } from 'prom-client';
import { quarantineRejected } from './quarantine-store.js';

/** Takes what later stages could not use into quarantine. */
@Controller()
export class RejectionsController {
  readonly #rejected: Counter<'tenant' | 'source' | 'stage'>;

  constructor(@Inject(METRICS) metrics: Registry) {
    this.#rejected = new Counter({
      name: 'samenhang_ingest_rejected_total',
      help: 'Messages that a later stage could not use, by source',
      labelNames: ['tenant', 'source', 'stage'],
      registers: [metrics],
    });
  }

  @EventPattern<string>('record.rejected')
  async quarantine(
    @Payload() events: EventEnvelope<'record.rejected'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await quarantineRejected(context.transaction, events);
    for (const { tenant, payload } of events)
      this.#rejected.inc({ tenant: tenant ?? '', source: payload.sourceId, stage: payload.stage });
  }
}
