import { setImmediate } from 'node:timers/promises';
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

const SLICE = 32;

/** Newest first. */
type ActiveVersions = readonly [KeyVersion, ...KeyVersion[]];

/** A recipient for whom there is something to evaluate with. */
export interface Evaluable {
  readonly recipient: Recipient;
  readonly versions: ActiveVersions;
}

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
    const caller = callerOf(identity);
    const evaluable = await this.find(request);
    if (evaluable === undefined)
      throw new Failure('not-found', 'No such recipient, or it has no key for this scope');
    if (request.mode === 'voprf' && !this.keyStore.offersProofs)
      throw new Failure('invalid', 'This deployment offers no proofs: its key store cannot make them');
    const { recipient } = evaluable;
    const act = { who: identity, caller, recipient, points: request.points.length };
    await this.admission.admit(act);
    try {
      return await this.#carryOut(request, evaluable, caller);
    } catch (error) {
      await this.admission.recordFault(act);
      throw error;
    }
  }

  /** @returns undefined when there is no such recipient, or it has no key for this scope */
  async find(request: Pick<EvaluationRequest, 'recipient'>): Promise<Evaluable | undefined> {
    const recipient = await this.recipients.find(request.recipient);
    const [newest, ...older] = recipient === undefined ? [] : await this.keyVersions.active(recipient);
    return recipient === undefined || newest === undefined
      ? undefined
      : { recipient, versions: [newest, ...older] };
  }

  /** Of what was admitted already: each point sealed by itself, good for one use of its own. */
  async sealEach(
    request: EvaluationRequest,
    { recipient, versions }: Evaluable,
    caller: Caller,
  ): Promise<string[]> {
    const content = await this.#evaluateAll(request, versions, undefined);
    const sealed: string[] = [];
    for (const index of request.points.keys()) {
      const one = content.versions.map(({ version, elements }) => ({
        version,
        elements: elements.slice(index, index + 1),
      }));
      sealed.push(this.sealer.seal({ form: 'single', versions: one }, recipient, caller, 'bulk'));
      // Others are served between the slices of a long request.
      if (sealed.length % SLICE === 0) await setImmediate();
    }
    return sealed;
  }

  /** Of what was admitted already. */
  async #carryOut(
    request: EvaluationRequest,
    { recipient, versions }: Evaluable,
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
