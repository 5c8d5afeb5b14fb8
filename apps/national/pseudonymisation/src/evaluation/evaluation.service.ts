import { setImmediate } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { GroupElement, VerifiableEvaluation } from '@samenhang/oprf';
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

/** What goes back: sealed for the recipient, and in verifiable mode what the sender verifies by itself. */
export interface Evaluated {
  readonly sealed: string;
  readonly keyVersion: number;
  readonly verification?: Pick<VerifiableEvaluation, 'masked' | 'proof'>;
}

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

  async evaluate(request: EvaluationRequest, identity: VerifiedIdentity): Promise<Evaluated> {
    const caller = callerOf(identity);
    const recipient = await this.recipients.find(request.recipient);
    const versions = recipient === undefined ? [] : await this.keyVersions.active(recipient);
    const [newest] = versions;
    if (recipient === undefined || newest === undefined)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    await this.#admit(request, recipient, caller, identity);
    const verifiable =
      request.mode === 'voprf'
        ? await this.keyStore.evaluateVerifiably(newest.label, request.points)
        : undefined;
    const content = await this.#evaluateAll(request, versions, verifiable);
    const sealed = await this.sealer.seal(content, recipient, caller);
    await this.audit.record({ outcome: 'success', who: identity, recipient, points: request.points.length });
    const { version: keyVersion } = newest;
    return { sealed, keyVersion, ...(verifiable === undefined ? {} : { verification: verifiable }) };
  }

  /** Under every active version: during an overlap the recipient learns which old pseudonym a new one replaces. */
  async #evaluateAll(
    { form, points }: EvaluationRequest,
    active: readonly KeyVersion[],
    verifiable: VerifiableEvaluation | undefined,
  ): Promise<SealedContent> {
    const versions: EvaluatedVersion[] = [];
    for (const [index, { version, label }] of active.entries()) {
      const proven = index === 0 ? verifiable?.elements : undefined;
      versions.push({ version, elements: proven ?? (await this.#evaluateUnder(label, points)) });
    }
    return { form, versions, ...(verifiable === undefined ? {} : { mask: verifiable.mask }) };
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
