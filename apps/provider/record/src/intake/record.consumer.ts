import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventLog } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { ChangeHandles, PatientKeyring } from '@samenhang/patient-identity';
import { EVENT_LOG, LOGGER, METRICS } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { applyChunk } from './apply-chunk.js';
import type { NormalisedEvent } from './check-message.js';

@Controller()
export class RecordConsumer {
  readonly #versions: Counter;
  readonly #rejected: Counter;

  constructor(
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(METRICS) metrics: Registry,
    private readonly keyring: PatientKeyring,
    private readonly vault: CitizenNumberVault,
    private readonly handles: ChangeHandles,
  ) {
    const registers = [metrics];
    this.#versions = new Counter({
      name: 'record_versions_total',
      help: 'Resource versions written',
      registers,
    });
    this.#rejected = new Counter({
      name: 'record_rejected_total',
      help: 'Messages that could not be applied',
      registers,
    });
  }

  @EventPattern<string>('record.normalised')
  async apply(@Payload() events: NormalisedEvent[], @Ctx() context: ChunkContext): Promise<void> {
    const { keyring, vault, handles, eventLog: outbox } = this;
    const applied = await applyChunk(context.transaction, events, {
      keyring,
      vault,
      handles,
      outbox,
    });
    this.#versions.inc(applied.versions);
    this.#rejected.inc(applied.rejected);
    for (const messageId of applied.selfMerges) {
      this.logger.warn({ messageId, code: 'self-merge' }, 'merge of a patient with itself ignored');
    }
  }
}
