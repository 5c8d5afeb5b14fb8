import { randomUUID } from 'node:crypto';
import type { PseudonymEvaluationRequested, Ura } from '@samenhang/data-model';
import {
  blind,
  derivePersonInput,
  referenceIndexRecipient,
  toBulkEvent,
  type GroupScalar,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';

export interface BulkEvaluationsOptions {
  readonly clientId: string;
  /** The client's private key (ES256), or how to read it when the first request is made. */
  readonly clientKey: () => object;
  /** Base URL without trailing slash. */
  readonly pseudonymisationUrl: string;
  readonly recipient?: PseudonymRecipient;
  /** After so long a request is given up, and answered no more. */
  readonly lifetimeSeconds: number;
}

/** A request, and what its sender has to remember to use the answer. */
export interface AskedEvaluations {
  readonly payload: PseudonymEvaluationRequested;
  /** In the order of the persons. Who has one and the answer to it holds the pseudonym: to be kept sealed. */
  readonly blindFactors: readonly GroupScalar[];
}

/** Makes requests for many evaluations over the event log, for `changeEvaluated` to use their answers. */
export class BulkEvaluations {
  #clientKey: object | undefined;

  constructor(private readonly options: BulkEvaluationsOptions) {}

  /** Blinds anew: no two requests for one person can be told to be so. */
  ask(organisation: Ura, bsns: readonly Bsn[]): AskedEvaluations {
    const { clientId, pseudonymisationUrl: audience, lifetimeSeconds } = this.options;
    const { recipient = referenceIndexRecipient } = this.options;
    const blinded = bsns.map((value) =>
      blind(derivePersonInput({ landCode: 'NL', type: 'BSN', value }, recipient)),
    );
    const request = {
      requestId: randomUUID(),
      clientId,
      audience,
      organisation,
      recipient,
      blindedInputs: blinded.map(({ blindedElement }) => blindedElement),
      lifetimeSeconds,
    };
    this.#clientKey ??= this.options.clientKey();
    return {
      payload: toBulkEvent(request, this.#clientKey),
      blindFactors: blinded.map(({ blindFactor }) => blindFactor),
    };
  }
}
