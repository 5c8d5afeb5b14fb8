import { authorisedFetch, ProofKey, type BoundToken } from '@samenhang/identity';
import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import type { HolderUnderTest } from './holder-under-test.js';
import type { FhirCaller } from './holder-works.js';

const claims = {
  scope: 'holder:read',
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

/** A client with one token, renewed each minute, and a fresh proof for each request, as a platform has it. */
export class HolderClient implements FhirCaller {
  readonly isPeer = false;
  #token: BoundToken | undefined;

  private constructor(
    private readonly holder: HolderUnderTest,
    private readonly proofKey: ProofKey,
    private readonly thumbprint: string,
  ) {}

  static async create(holder: HolderUnderTest): Promise<HolderClient> {
    const proofKey = await ProofKey.generate();
    // Its public half is what a proof states.
    const { jwk = {} } = decodeProtectedHeader(await proofKey.prove('GET', holder.base, ''));
    const thumbprint = await calculateJwkThumbprint(jwk);
    return new HolderClient(holder, proofKey, thumbprint);
  }

  get(path: string): Promise<string> {
    return this.#ask(path);
  }

  post(path: string, contentType: string, body: string): Promise<string> {
    return this.#ask(path, { method: 'POST', headers: { 'content-type': contentType }, body });
  }

  async #ask(path: string, request: Parameters<typeof authorisedFetch>[2] = {}): Promise<string> {
    const response = await authorisedFetch(await this.#current(), `${this.holder.base}${path}`, request);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
    return text;
  }

  async #current(): Promise<BoundToken> {
    if (this.#token === undefined || this.#token.expiresAt.getTime() < Date.now() + 30_000) {
      const accessToken = await this.holder.issuer.issue(this.holder.base, claims, this.thumbprint);
      this.#token = { accessToken, expiresAt: new Date(Date.now() + 90_000), proofKey: this.proofKey };
    }
    return this.#token;
  }
}
