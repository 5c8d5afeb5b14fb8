import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { RegistrationWorker } from '../worker/registration-worker.js';
import { DesiredStateStore } from './desired-state-store.js';
import { newestPerRegistration } from './desired-state.js';

@Controller()
export class AvailabilityController {
  constructor(
    private readonly desiredStates: DesiredStateStore,
    private readonly worker: RegistrationWorker,
  ) {}

  @EventPattern<string>('availability.changed')
  async take(
    @Payload() events: EventEnvelope<'availability.changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.desiredStates.put(context.transaction, newestPerRegistration(events));
    this.worker.wake();
  }
}
