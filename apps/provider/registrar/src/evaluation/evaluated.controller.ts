import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope, PseudonymEvaluated } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { readBulkAnswer, type BulkAnswer } from '@samenhang/oprf';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { RegistrationWorker } from '../worker/registration-worker.js';
import { pauseSecondsAfter } from './evaluation-pause.js';
import { EvaluationStore } from './evaluation-store.js';

type Answer = EventEnvelope<'pseudonym.evaluated'>;

/** Takes the answers to this node's requests, each once; those of others, and those nobody waits for any more, pass by. */
@Controller()
export class EvaluatedController {
  constructor(
    private readonly store: EvaluationStore,
    private readonly worker: RegistrationWorker,
    private readonly configuration: RegistrarConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @EventPattern<string>('pseudonym.evaluated')
  async take(@Payload() events: Answer[], @Ctx() { transaction }: ChunkContext): Promise<void> {
    for (const event of events) await this.#take(event, transaction);
    this.worker.wake();
  }

  async #take({ payload, occurredAt }: Answer, transaction: Transaction): Promise<void> {
    const { requestId } = payload;
    const persons = await this.store.findAwaited(transaction, requestId);
    if (persons === undefined) return;
    const answer = read(payload, persons);
    if (answer.outcome === 'refused') return this.#refuse(transaction, requestId, answer.reason);
    // Counted from when it was sealed: the log may have been away since.
    const usableMs = this.configuration.bulkEvaluationUseSeconds * 1_000;
    const usableUntil = new Date(Date.parse(occurredAt) + usableMs);
    if (usableUntil.getTime() > Date.now())
      return this.store.keepAnswer(transaction, requestId, answer.tokens, usableUntil);
    this.logger.warn('evaluations over the event log came too late to be used: they are asked for again');
    await this.store.drop(transaction, requestId);
  }

  async #refuse(transaction: Transaction, requestId: string, reason: string): Promise<void> {
    const previous = await this.store.findPreviousPause(transaction, requestId);
    const pauseSeconds = pauseSecondsAfter(reason, previous, this.configuration.bulkEvaluationPauseSeconds);
    this.logger.error({ reason, pauseSeconds }, 'evaluations over the event log are refused');
    await this.store.refuse(transaction, requestId, reason, pauseSeconds);
  }
}

function read(payload: PseudonymEvaluated, persons: number): BulkAnswer {
  try {
    return readBulkAnswer(payload, persons);
  } catch (error) {
    if (error instanceof RangeError) return { outcome: 'refused', reason: 'unreadable', mayRetry: false };
    throw error;
  }
}
