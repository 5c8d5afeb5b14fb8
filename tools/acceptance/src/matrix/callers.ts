import { randomUUID } from 'node:crypto';
import {
  PatientBinding,
  ProofKey,
  scopes,
  toBindingText,
  type PatientBindingSecret,
} from '@samenhang/identity';
import { toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { calculateJwkThumbprint, exportJWK, importJWK, SignJWT, type JWK } from 'jose';
import { gp, hospital, vos, type Provider } from '../world/people.js';
import type { Installation } from '../world/installation.js';

/** Every kind of caller that a route is tried with. */
export const callers = [
  'none',
  'wrong audience',
  'wrong scope',
  'other tenant',
  'expired',
  'other key',
  'right',
] as const;
export type Caller = (typeof callers)[number];

const LIFETIME_SECONDS = 300;

export interface Presented {
  readonly audience: string;
  readonly method: string;
  readonly url: string;
  /** Scopes that the route asks for. */
  readonly scopes: readonly string[];
  /** The route is for citizens: the token is of this one. */
  readonly citizen?: Bsn;
}

/** Makes tokens as the authorisation server signs them, right ones and wrong ones. */
export class TokenForge {
  readonly #signing: JWK;
  readonly #issuer: string;
  readonly #binding: PatientBinding;

  constructor(installation: Installation) {
    const { jwks } = installation.secret<{ jwks: { keys: readonly JWK[] } }>('authorisation-server');
    const [signing] = jwks.keys;
    if (signing === undefined) throw new Error('The authorisation server has no key');
    this.#signing = signing;
    this.#issuer = installation.urlOf('authorisation-server');
    this.#binding = new PatientBinding(installation.secret<PatientBindingSecret>('patient-binding'));
  }

  /** Headers with which this kind of caller comes. */
  async headersOf(caller: Caller, presented: Presented): Promise<Record<string, string>> {
    if (caller === 'none') return {};
    const proofKey = await ProofKey.generate();
    const token = await this.#sign(caller, presented, proofKey);
    const proving = caller === 'other key' ? await ProofKey.generate() : proofKey;
    return {
      authorization: `DPoP ${token}`,
      dpop: await proving.prove(presented.method, presented.url, token),
    };
  }

  async #sign(
    caller: Caller,
    { audience, scopes: needed, citizen }: Presented,
    proofKey: ProofKey,
  ): Promise<string> {
    const { kid = '', alg = 'ES256' } = this.#signing;
    const of: Provider = caller === 'other tenant' ? gp : hospital;
    const granted = caller === 'wrong scope' ? scopes.filter((scope) => !needed.includes(scope)) : needed;
    const now = Math.floor(Date.now() / 1_000) - (caller === 'expired' ? 2 * LIFETIME_SECONDS : 0);
    return new SignJWT({
      client_id: 'demo',
      scope: granted.join(' '),
      ...(citizen === undefined ? professionalOf(of) : this.#claimsOf(citizen)),
      cnf: { jkt: await calculateJwkThumbprint(await exportJWK(proofKey.pair.publicKey)) },
    })
      .setProtectedHeader({ alg, kid, typ: 'at+jwt' })
      .setIssuer(this.#issuer)
      .setSubject('demo')
      .setAudience(caller === 'wrong audience' ? 'http://127.0.0.1:1/elsewhere' : audience)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_SECONDS)
      .sign(await importJWK(this.#signing, alg));
  }

  #claimsOf(citizen: Bsn): Record<string, string> {
    const binding = this.#binding.seal(toBindingText(toPatientIdentifier(citizen)));
    return { purpose_of_use: 'PATRQT', patient_binding: binding };
  }
}

function professionalOf({ ura, type }: Provider): Record<string, string> {
  return {
    organization_ura: ura,
    organization_facility_type: type,
    user_id: vos.dezi,
    user_role: '01.015',
    purpose_of_use: 'TREAT',
    treatment_relation: 'asserted',
  };
}
