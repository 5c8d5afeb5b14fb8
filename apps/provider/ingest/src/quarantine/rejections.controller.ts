import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { quarantineRejected } from './quarantine-store.js';

/** Takes what later stages could not use into quarantine. */
@Controller()
export class RejectionsController {
  @EventPattern<string>('record.rejected')
  async quarantine(
    @Payload() events: EventEnvelope<'record.rejected'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await quarantineRejected(context.transaction, events);
  }
}
