import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { addObservations } from './coverage-store.js';

/** Counts what messages carried and the mapping used of it. */
@Controller()
export class ObservationsController {
  @EventPattern<string>('mapping.observed')
  async count(
    @Payload() events: EventEnvelope<'mapping.observed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await addObservations(context.transaction, events, new Date());
  }
}
