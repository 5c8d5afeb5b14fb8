import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { LocalisationChangeStore } from './localisation-change-store.js';

type Change = EventEnvelope<'localisation.registered'> | EventEnvelope<'localisation.withdrawn'>;

/** Hears of changes at the index, so that no answer from before outlives them. */
@Controller()
export class LocalisationChangeController {
  constructor(private readonly changes: LocalisationChangeStore) {}

  @EventPattern<string>('localisation.registered')
  registered(@Payload() events: Change[], @Ctx() context: ChunkContext): Promise<void> {
    return this.#take(events, context);
  }

  @EventPattern<string>('localisation.withdrawn')
  withdrawn(@Payload() events: Change[], @Ctx() context: ChunkContext): Promise<void> {
    return this.#take(events, context);
  }

  #take(events: readonly Change[], { transaction }: ChunkContext): Promise<void> {
    return this.changes.put(
      transaction,
      events.map(({ payload }) => payload.patientHandle),
    );
  }
}
