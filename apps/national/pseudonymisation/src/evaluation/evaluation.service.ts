import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { GroupElement } from '@samenhang/oprf';
import { OPRF_KEY_STORE, type OprfKeyStore } from '../keys/key-store.js';
import type { KeyVersion } from '../keys/key-version.js';
import { KeyVersions } from '../keys/key-versions.js';
import { EvaluationQuota } from '../quota/evaluation-quota.js';
import { RecipientDirectory, type Recipient } from '../recipients/recipient-directory.js';
import { callerOf, isEvaluationForOneself, type Caller } from './caller.js';
import { EvaluationAudit } from './evaluation-audit.js';
import type { EvaluationRequest } from './evaluation-request.js';
import { EvaluationSealer, type EvaluatedVersion, type SealedContent } from './evaluation-sealer.js';

const SLICE = 32;

/** Evaluates blinded points for a recipient; one request gives one sealed answer, good for one use. */
@Injectable()
export class EvaluationService {
  constructor(
    private readonly recipients: RecipientDirectory,
    private readonly quota: EvaluationQuota,
    private readonly keyVersions: KeyVersions,
    @Inject(OPRF_KEY_STORE) private readonly keyStore: OprfKeyStore,
    private readonly sealer: EvaluationSealer,
    private readonly audit: EvaluationAudit,
  ) {}

  async evaluate(request: EvaluationRequest, identity: VerifiedIdentity): Promise<string> {
    const caller = callerOf(identity);
    const recipient = await this.recipients.find(request.recipient);
    const versions = recipient === undefined ? [] : await this.keyVersions.active(recipient);
    if (recipient === undefined || versions.length === 0)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    await this.#admit(request, recipient, caller, identity);
    const sealed = await this.sealer.seal(await this.#evaluateAll(request, versions), recipient, caller);
    await this.audit.record({ outcome: 'success', who: identity, recipient, points: request.points.length });
    return sealed;
  }

  /** Under every active version: during an overlap the recipient learns which old pseudonym a new one replaces. */
  async #evaluateAll(
    { form, points }: EvaluationRequest,
    active: readonly KeyVersion[],
  ): Promise<SealedContent> {
    const versions: EvaluatedVersion[] = [];
    for (const { version, label } of active)
      versions.push({ version, elements: await this.#evaluateUnder(label, points) });
    return { form, versions };
  }

  async #evaluateUnder(label: string, points: readonly GroupElement[]): Promise<GroupElement[]> {
    const elements: GroupElement[] = [];
    for (let start = 0; start < points.length; start += SLICE) {
      // Others are served between the slices of a long batch.
      if (start > 0) await setImmediate();
      elements.push(...(await this.keyStore.evaluate(label, points.slice(start, start + SLICE))));
    }
    return elements;
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
