import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { GroupCommit, inTransactionUnder } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { countActs, type CallerAct } from '../anomaly/caller-activity.js';
import { CLOCK, type Clock } from '../anomaly/clock.js';
import { isEvaluationForOneself, type Caller } from '../evaluation/caller.js';
import { EvaluationQuota } from '../quota/evaluation-quota.js';
import type { Recipient } from '../recipients/recipient-directory.js';
import { toEvaluationEvent, type EvaluationAct } from './evaluation-event.js';

/** Who wants how many points evaluated for whom. */
export interface AdmissionRequest<To extends PseudonymRecipient = Recipient> {
  readonly who: VerifiedIdentity;
  readonly caller: Caller;
  readonly recipient: To;
  readonly points: number;
}

/**
 * Whether an evaluation may take place. Its use of the quotas and its line in the audit trail, whatever the outcome, are
 * committed in one transaction before anything is evaluated; requests that come in together share that transaction.
 */
@Injectable()
export class Admission {
  readonly #commit = new GroupCommit<AdmissionRequest, Failure | undefined>(
    (requests) => this.#commitAll(requests),
    { largest: 200, gathersTurn: true, lanes: 1, failsTogether: true },
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly quota: EvaluationQuota,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Failure: why not; 'unavailable' when it cannot be counted and recorded */
  async admit(request: AdmissionRequest): Promise<void> {
    const refusal = await this.#commit.submit(request);
    if (refusal !== undefined) throw refusal;
  }

  /** In the transaction given: for requests that come over the event log. @returns the refusal, if any */
  async admitIn(transaction: Transaction, request: AdmissionRequest): Promise<Failure | undefined> {
    const [refusal] = await this.#decide(transaction, [request]);
    return refusal;
  }

  /** Of what is refused before it is counted. */
  async recordRefusal(
    transaction: Transaction,
    request: AdmissionRequest<PseudonymRecipient>,
    reason: string,
  ): Promise<void> {
    await this.eventLog.publish(transaction, [
      toEvaluationEvent({ ...actOf(request), outcome: 'denied', reason }),
    ]);
  }

  /** What was admitted and could not be carried out: a second line in the trail. */
  async recordFault(request: AdmissionRequest): Promise<void> {
    await inTransactionUnder(this.dataSource, {}, (transaction) =>
      this.eventLog.publish(transaction, [toEvaluationEvent({ ...actOf(request), outcome: 'failed' })]),
    );
  }

  async #commitAll(requests: readonly AdmissionRequest[]): Promise<readonly (Failure | undefined)[]> {
    try {
      return await inTransactionUnder(this.dataSource, {}, (transaction) =>
        this.#decide(transaction, requests),
      );
    } catch (cause) {
      throw new Failure('unavailable', 'The evaluation cannot be counted and recorded', { cause });
    }
  }

  async #decide(
    transaction: Transaction,
    requests: readonly AdmissionRequest[],
  ): Promise<readonly (Failure | undefined)[]> {
    const forOthers = requests.filter(({ caller, recipient }) => !isEvaluationForOneself(caller, recipient));
    const claimed = await this.quota.claim(transaction, forOthers);
    const refusals = requests.map((request) => {
      const index = forOthers.indexOf(request);
      return index < 0
        ? new Failure('forbidden', 'A recipient may not ask for evaluations to itself')
        : claimed[index];
    });
    const acts = requests.map((request, index) => toAct(request, refusals[index] !== undefined));
    await countActs(transaction, acts, this.clock());
    await this.eventLog.publish(
      transaction,
      requests.map((request, index) => toEvaluationEvent(actOf(request, refusals[index]))),
    );
    return refusals;
  }
}

function actOf(
  { who, recipient, points }: AdmissionRequest<PseudonymRecipient>,
  refusal?: Failure,
): EvaluationAct {
  const common = { who, recipient, points };
  if (refusal === undefined) return { ...common, outcome: 'success' };
  const reason = refusal.kind === 'too-many' ? 'quota' : 'evaluation-for-oneself';
  return { ...common, outcome: 'denied', reason };
}

function toAct({ caller, recipient, points }: AdmissionRequest, isRefused: boolean): CallerAct {
  const { organisation, clientId } = caller;
  return {
    organisation,
    clientId,
    recipient: `${recipient.organisation}|${recipient.scope}`,
    points,
    isRefused,
  };
}
