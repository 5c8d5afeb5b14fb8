import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { dataCategories, type EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { EventStore, type PatientChange } from '../subscriptions/event-store.js';
import { LocalisationChangeStore } from './localisation-change-store.js';

type Change = EventEnvelope<'localisation.registered'> | EventEnvelope<'localisation.withdrawn'>;

/** Hears of changes at the index, so that no answer from before outlives them and subscribers know of new data. */
@Controller()
export class LocalisationChangeController {
  constructor(
    private readonly changes: LocalisationChangeStore,
    private readonly events: EventStore,
  ) {}

  @EventPattern<string>('localisation.registered')
  async registered(
    @Payload() events: EventEnvelope<'localisation.registered'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.#take(events, context);
    await this.events.signal(context.transaction, events.map(toPatientChange));
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

/** The index knows the category only. */
function toPatientChange({
  occurredAt,
  payload: { patientHandle, custodian, category },
}: EventEnvelope<'localisation.registered'>): PatientChange {
  const known = dataCategories.find(({ code }) => code === category);
  const facts = known === undefined ? [] : [{ category, resourceType: known.resourceType }];
  return { handle: patientHandle, custodian, facts, occurredAt };
}
