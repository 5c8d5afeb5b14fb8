import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { StoppedOrganisations } from './stopped-organisations.js';

@Controller()
export class OrganisationStatusController {
  constructor(private readonly stopped: StoppedOrganisations) {}

  @EventPattern<string>('addressing.organisation-status-changed')
  async take(
    @Payload() events: EventEnvelope<'addressing.organisation-status-changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.stopped.take(
      context.transaction,
      events.map(({ payload }) => payload),
    );
  }
}
