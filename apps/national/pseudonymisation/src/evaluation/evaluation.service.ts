import { Inject, Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { VerifiableEvaluation } from '@samenhang/oprf';
import { Admission } from '../admission/admission.service.js';
import { OPRF_KEY_STORE, type OprfKeyStore } from '../keys/key-store.js';
import type { KeyVersion } from '../keys/key-version.js';
import { KeyVersions } from '../keys/key-versions.js';
import { RecipientDirectory, type Recipient } from '../recipients/recipient-directory.js';
import { callerOf, type Caller } from './caller.js';
import type { EvaluationRequest } from './evaluation-request.js';
import { EvaluationSealer, type EvaluatedVersion, type SealedContent } from './evaluation-sealer.js';

/** Newest first. */
type ActiveVersions = readonly [KeyVersion, ...KeyVersion[]];

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
    private readonly keyVersions: KeyVersions,
    @Inject(OPRF_KEY_STORE) private readonly keyStore: OprfKeyStore,
    private readonly sealer: EvaluationSealer,
    private readonly admission: Admission,
  ) {}

  async evaluate(request: EvaluationRequest, identity: VerifiedIdentity): Promise<Evaluated> {
    const { recipient, versions } = await this.#find(request);
    const caller = callerOf(identity);
    const act = { who: identity, caller, recipient, points: request.points.length };
    await this.admission.admit(act);
    try {
      return await this.#carryOut(request, recipient, versions, caller);
    } catch (error) {
      await this.admission.recordFault(act);
      throw error;
    }
  }

  /** Of what was admitted already. */
  async #carryOut(
    request: EvaluationRequest,
    recipient: Recipient,
    versions: ActiveVersions,
    caller: Caller,
  ): Promise<Evaluated> {
    const [newest] = versions;
    const verifiable =
      request.mode === 'voprf'
        ? await this.keyStore.evaluateVerifiably(newest.label, request.points)
        : undefined;
    const content = await this.#evaluateAll(request, versions, verifiable);
    const sealed = this.sealer.seal(content, recipient, caller);
    const { version: keyVersion } = newest;
    return { sealed, keyVersion, ...(verifiable === undefined ? {} : { verification: verifiable }) };
  }

  async #find(request: EvaluationRequest): Promise<{ recipient: Recipient; versions: ActiveVersions }> {
    const recipient = await this.recipients.find(request.recipient);
    const [newest, ...older] = recipient === undefined ? [] : await this.keyVersions.active(recipient);
    if (recipient === undefined || newest === undefined)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    return { recipient, versions: [newest, ...older] };
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
      versions.push({ version, elements: proven ?? (await this.keyStore.evaluate(label, points)) });
    }
    return { form, versions, ...(verifiable === undefined ? {} : { mask: verifiable.mask }) };
  }
}
