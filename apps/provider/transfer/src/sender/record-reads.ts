import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';

export type RecordRequest =
  | { readonly read: { readonly type: string; readonly id: string } }
  | {
      readonly search: {
        readonly type: string;
        readonly parameters: readonly (readonly [string, string])[];
        /** Base under which the answer is served: of its full URLs and links. */
        readonly base: string;
      };
    };

/** To whom it goes: the record weighs the consents it keeps with that. */
export interface Receiver {
  readonly ura: Ura;
  readonly facilityType: string;
}

/** What the tenant's own record holds of one patient; whether it may be given is decided here, before it is asked. */
@Injectable()
export class RecordReads {
  readonly #url: string;

  constructor(
    environment: ServiceEnvironment,
    private readonly tokens: AccessTokens,
  ) {
    this.#url = environment.serviceUrl('record');
  }

  /** The resource, or the searchset, as text. @throws Failure */
  async ask(tenant: Ura, bsn: Bsn, receiver: Receiver, request: RecordRequest): Promise<string> {
    const token = await this.tokens.clientCredentials({
      audience: this.#url,
      scope: 'record:transfer',
      organisation: tenant,
    });
    const response = await authorisedFetch(token, `${this.#url}/transfer-reads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ patient: toPatientIdentifier(bsn), receiver, ...request }),
    }).catch((cause: unknown) => {
      throw new Failure('unavailable', 'The record cannot be reached', { cause, retryAfterSeconds: 5 });
    });
    const text = await response.text();
    if (response.ok) return text;
    if (response.status === 403) throw new Failure('forbidden', 'The patient objects to this transfer');
    if (response.status === 404) throw new Failure('not-found', 'There is no such resource');
    if (response.status < 500)
      throw new Failure('invalid', 'The record does not understand what was offered');
    throw new Failure('unavailable', 'The record cannot answer now', { retryAfterSeconds: 5 });
  }
}
