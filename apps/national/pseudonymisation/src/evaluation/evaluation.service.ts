import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { GroupElement } from '@samenhang/oprf';
import { EvaluationQuota } from '../quota/evaluation-quota.js';
import { RecipientDirectory, type Recipient } from '../recipients/recipient-directory.js';
import { callerOf, isEvaluationForOneself, type Caller } from './caller.js';
import { EvaluationAudit } from './evaluation-audit.js';
import type { EvaluationRequest } from './evaluation-request.js';
import { EvaluationSealer, type SealedContent } from './evaluation-sealer.js';
import { OprfKeyStore } from './oprf-key-store.js';

const SLICE = 32;

/** Evaluates blinded points for a recipient; one request gives one sealed answer, good for one use. */
@Injectable()
export class EvaluationService {
  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly quota: EvaluationQuota,
    private readonly keyStore: OprfKeyStore,
    private readonly sealer: EvaluationSealer,
    private readonly audit: EvaluationAudit,
  ) {}

  async evaluate(request: EvaluationRequest, identity: VerifiedIdentity): Promise<string> {
    const caller = callerOf(identity);
    const recipient = await this.recipients.find(request.recipient);
    if (recipient === undefined)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    await this.#admit(request, recipient, caller, identity);
    const sealed = await this.sealer.seal(await this.#evaluateAll(request), recipient, caller);
    await this.audit.record({ outcome: 'success', who: identity, recipient, points: request.points.length });
    return sealed;
  }

  async #evaluateAll({ form, points }: EvaluationRequest): Promise<SealedContent> {
    const elements: GroupElement[] = [];
    for (const point of points) {
      elements.push(this.keyStore.evaluate(point));
      // Others are served between the slices of a long batch.
      if (elements.length % SLICE === 0) await setImmediate();
    }
    const [element] = elements;
    if (form === 'batch' || element === undefined) return { form: 'batch', elements };
    return { form: 'single', element };
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
