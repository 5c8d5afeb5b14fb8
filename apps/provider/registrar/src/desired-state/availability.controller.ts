import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { readTenants, type EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { ConsentSubscriptionStore } from '../consent-subscriptions/subscription-store.js';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { RegistrationWorker } from '../worker/registration-worker.js';
import { DesiredStateStore } from './desired-state-store.js';
import { newestPerRegistration } from './desired-state.js';

@Controller()
export class AvailabilityController {
  readonly #tenants: ReadonlySet<string>;

  constructor(
    private readonly desiredStates: DesiredStateStore,
    private readonly worker: RegistrationWorker,
    private readonly subscriptions: ConsentSubscriptionStore,
    private readonly configuration: RegistrarConfiguration,
  ) {
    this.#tenants = new Set(readTenants(configuration.tenants).map(({ ura }) => ura));
  }

  @EventPattern<string>('availability.changed')
  async take(
    @Payload() events: EventEnvelope<'availability.changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.desiredStates.put(context.transaction, newestPerRegistration(events));
    if (this.configuration.consentSubscriptions)
      await this.subscriptions.want(context.transaction, this.#tenants, events);
    this.worker.wake();
  }
}
