import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { EvaluationQuota } from '../quota/evaluation-quota.js';
import { RecipientDirectory, type Recipient } from '../recipients/recipient-directory.js';
import { callerOf, isEvaluationForOneself, type Caller } from './caller.js';
import { EvaluationAudit } from './evaluation-audit.js';
import type { EvaluationRequest } from './evaluation-request.js';
import { EvaluationSealer } from './evaluation-sealer.js';
import { OprfKeyStore } from './oprf-key-store.js';

/** Evaluates blinded points for a recipient: one sealed, single-use evaluation per point, in the order asked. */
@Injectable()
export class EvaluationService {
  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly quota: EvaluationQuota,
    private readonly keyStore: OprfKeyStore,
    private readonly sealer: EvaluationSealer,
    private readonly audit: EvaluationAudit,
  ) {}

  async evaluate(request: EvaluationRequest, identity: VerifiedIdentity): Promise<string[]> {
    const caller = callerOf(identity);
    const recipient = await this.recipients.find(request.recipient);
    if (recipient === undefined)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    await this.#admit(request, recipient, caller, identity);
    const evaluations = await Promise.all(
      request.points.map((point) => this.sealer.seal(this.keyStore.evaluate(point), recipient, caller)),
    );
    await this.audit.record({ outcome: 'success', who: identity, recipient, points: request.points.length });
    return evaluations;
  }

  async #admit(
    request: EvaluationRequest,
    recipient: Recipient,
    caller: Caller,
    identity: VerifiedIdentity,
  ): Promise<void> {
    const refusal = await this.#findRefusal(request, recipient, caller);
    if (refusal === undefined) return;
    await this.audit.record({
      outcome: 'denied',
      who: identity,
      recipient,
      points: request.points.length,
      reason: refusal.kind === 'too-many' ? 'quota' : 'evaluation-for-oneself',
    });
    throw refusal;
  }

  async #findRefusal(
    request: EvaluationRequest,
    recipient: Recipient,
    caller: Caller,
  ): Promise<Failure | undefined> {
    if (isEvaluationForOneself(caller, recipient)) {
      return new Failure('forbidden', 'A recipient may not ask for evaluations to itself');
    }
    return this.quota.claim(caller, recipient, request.points.length);
  }
}
