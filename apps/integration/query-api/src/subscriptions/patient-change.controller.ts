import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { EventStore } from './event-store.js';

/** Hears that something of a patient changed at a custodian, and notes it for who subscribed. */
@Controller()
export class PatientChangeController {
  constructor(private readonly events: EventStore) {}

  @EventPattern<string>('record.patient-changed')
  changed(
    @Payload() changes: EventEnvelope<'record.patient-changed'>[],
    @Ctx() { transaction }: ChunkContext,
  ): Promise<void> {
    return this.events.signal(
      transaction,
      changes.map(({ occurredAt, payload: { patientHandle, custodian, facts } }) => ({
        handle: patientHandle,
        custodian,
        facts,
        occurredAt,
      })),
    );
  }
}
