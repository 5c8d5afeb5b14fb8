import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import type { EventEnvelope, NewEvent } from '@samenhang/data-model';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { ChunkContext } from '@samenhang/event-transport';
import { EVENT_LOG } from '@samenhang/service-kit';
import { BulkEvaluation } from './bulk-evaluation.service.js';
import { BulkRefusalError } from './bulk-refusal.js';

type Request = EventEnvelope<'pseudonym.evaluation-requested'>;

/** Evaluations over the event log. An answer is published in the transaction that takes its request off the log. */
@Controller()
export class BulkEvaluationController {
  constructor(
    private readonly evaluations: BulkEvaluation,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @EventPattern<string>('pseudonym.evaluation-requested')
  async take(@Payload() events: Request[], @Ctx() { transaction }: ChunkContext): Promise<void> {
    const answers: NewEvent<'pseudonym.evaluated'>[] = [];
    for (const event of events) answers.push(await this.#answer(event, transaction));
    await this.eventLog.publish(transaction, answers);
  }

  async #answer(event: Request, transaction: Transaction): Promise<NewEvent<'pseudonym.evaluated'>> {
    const { requestId } = event.payload;
    const common = { type: 'pseudonym.evaluated', key: requestId, tenant: event.tenant } as const;
    try {
      const tokens = await this.evaluations.evaluate(event, transaction);
      return { ...common, payload: { requestId, outcome: 'evaluated', tokens } };
    } catch (error) {
      if (!(error instanceof BulkRefusalError)) throw error;
      return { ...common, payload: { requestId, outcome: 'refused', tokens: [], reason: error.reason } };
    }
  }
}
