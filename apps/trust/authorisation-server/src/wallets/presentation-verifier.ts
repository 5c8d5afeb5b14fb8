import { createPublicKey, type KeyObject } from 'node:crypto';
import type { TrustedAuthorities } from '@samenhang/identity';
import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';
import type { FirstUse } from '../storage/replay-memory.js';
import type { DidWebDocuments, KeyPurpose } from './did-web.js';
import { verifyX509Did, type X509Signer } from './did-x509.js';
import { PresentationError } from './presentation-error.js';

const ALGORITHMS = ['ES256', 'PS256', 'RS256', 'EdDSA'];
const CLOCK_TOLERANCE_SECONDS = 5;
const MAXIMUM_CREDENTIALS = 10;

type JsonObject = Readonly<Record<string, unknown>>;

/** A credential whose signature, issuer, subject and period hold. */
export interface VerifiedCredential {
  readonly types: readonly string[];
  readonly issuer: string;
  readonly subject: JsonObject;
  /** As a presentation definition looks at it: the credential with its issuer. */
  readonly content: JsonObject;
  /** Who issued it, when a certificate says so. */
  readonly signer?: X509Signer;
}

export interface VerifiedPresentation {
  /** DID of whose wallet it is; every credential in it is about them. */
  readonly holder: string;
  readonly credentials: readonly VerifiedCredential[];
  /** As a submission points into it. */
  readonly content: JsonObject;
}

export interface PresentationVerifierParts {
  readonly audiences: readonly string[];
  readonly documents: Pick<DidWebDocuments, 'findKey'>;
  readonly authorities: () => TrustedAuthorities | undefined;
  readonly isFirstUse: FirstUse;
  readonly now?: () => Date;
}

/** Verifies presentations and credentials of the VC Data Model 1.1 as JWTs, signed with keys of DIDs. */
export class PresentationVerifier {
  constructor(private readonly parts: PresentationVerifierParts) {}

  /**
   * @param longestSeconds how long a presentation may be of use
   * @throws PresentationError
   */
  async verify(presentation: string, longestSeconds: number): Promise<VerifiedPresentation> {
    const holder = issuerOf(presentation);
    const { key } = await this.#keyOf(presentation, holder, 'authentication');
    const claims = await this.#verifyJwt(presentation, key, {
      issuer: holder,
      audience: [...this.parts.audiences],
    });
    const content = objectOf(claims['vp']);
    if (!typesOf(content).includes('VerifiablePresentation'))
      throw new PresentationError('it is no VerifiablePresentation');
    const encoded = [content['verifiableCredential'] ?? []].flat();
    if (encoded.length > MAXIMUM_CREDENTIALS) throw new PresentationError('it has too many credentials');
    const credentials = await Promise.all(encoded.map((each) => this.#verifyCredential(each, holder)));
    // Last: whatever is refused for another reason uses nothing up.
    await this.#useUp(claims, holder, longestSeconds);
    const decoded = { ...content, verifiableCredential: credentials };
    return { holder, credentials, content: { ...decoded, vp: decoded } };
  }

  async #useUp(claims: JWTPayload, holder: string, longestSeconds: number): Promise<void> {
    const { exp = 0, nbf, iat, nonce, jti } = claims;
    const from = nbf ?? iat;
    if (from === undefined || exp - from > longestSeconds)
      throw new PresentationError(`it is of use for more than ${longestSeconds} seconds`);
    const name = nonce ?? jti;
    if (typeof name !== 'string' || name === '') throw new PresentationError('it has no nonce');
    if (!(await this.parts.isFirstUse(holder, name, exp + CLOCK_TOLERANCE_SECONDS)))
      throw new PresentationError('it was used before');
  }

  async #verifyCredential(encoded: unknown, holder: string): Promise<VerifiedCredential> {
    if (typeof encoded !== 'string') throw new PresentationError('a credential is no JWT');
    const issuer = issuerOf(encoded);
    const { key, signer } = await this.#keyOf(encoded, issuer, 'assertionMethod');
    const claims = await this.#verifyJwt(encoded, key, { issuer });
    const credential = objectOf(claims['vc']);
    const subject = objectOf([credential['credentialSubject']].flat()[0]);
    // One signer, one subject: what is about another gives the bearer nothing.
    if ((subject['id'] ?? claims.sub) !== holder || (claims.sub !== undefined && claims.sub !== holder))
      throw new PresentationError('a credential is about another than its bearer');
    // Whether it was called back cannot be found out, so it is not taken for good.
    if (credential['credentialStatus'] !== undefined)
      throw new PresentationError('a credential has a status, which is not supported');
    if (signer !== undefined) assertWithin(claims, signer);
    const content = { ...credential, issuer, credentialSubject: subject };
    return {
      types: typesOf(credential),
      issuer,
      subject,
      content,
      ...(signer === undefined ? {} : { signer }),
    };
  }

  async #keyOf(
    jwt: string,
    did: string,
    purpose: KeyPurpose,
  ): Promise<{ key: KeyObject; signer?: X509Signer }> {
    const { kid, x5c } = headerOf(jwt);
    if (did.startsWith('did:x509:')) {
      const signer = verifyX509Did(did, x5c, this.parts.authorities(), this.#now());
      return { key: signer.certificate.publicKey, signer };
    }
    if (did.startsWith('did:jwk:')) return { key: toKey(readJwk(did)) };
    if (!did.startsWith('did:web:')) throw new PresentationError('its signer is of an unknown DID method');
    if (kid === undefined || !kid.startsWith(`${did}#`))
      throw new PresentationError('its key is not one of its signer');
    return { key: toKey(await this.parts.documents.findKey(did, kid, purpose)) };
  }

  async #verifyJwt(
    jwt: string,
    key: KeyObject,
    expected: { issuer: string; audience?: string[] },
  ): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(jwt, key, {
        ...expected,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: this.#now(),
        requiredClaims: ['iss', 'exp'],
      });
      return payload;
    } catch (cause) {
      throw new PresentationError('signature, audience or period does not hold', { cause });
    }
  }

  #now(): Date {
    return this.parts.now?.() ?? new Date();
  }
}

/** A credential says no more than the certificate behind it, and no longer. */
function assertWithin({ nbf, iat, exp = 0 }: JWTPayload, { certificate }: X509Signer): void {
  const from = (nbf ?? iat ?? 0) * 1000;
  if (from < certificate.validFromDate.getTime() || exp * 1000 > certificate.validToDate.getTime())
    throw new PresentationError('a credential outlives the certificate of its issuer');
}

function headerOf(jwt: string): { readonly kid?: string; readonly x5c?: unknown } {
  try {
    return decodeProtectedHeader(jwt);
  } catch (cause) {
    throw new PresentationError('it is no JWT', { cause });
  }
}

export function issuerOf(jwt: string): string {
  try {
    const { iss } = decodeJwt(jwt);
    if (typeof iss === 'string') return iss;
  } catch (cause) {
    throw new PresentationError('it is no JWT', { cause });
  }
  throw new PresentationError('iss is absent');
}

function readJwk(did: string): unknown {
  try {
    return JSON.parse(Buffer.from(did.slice('did:jwk:'.length), 'base64url').toString());
  } catch (cause) {
    throw new PresentationError('its signer is no did:jwk', { cause });
  }
}

/** Public halves only: a private one, or a shared secret, is a leak and nobody's identity. */
function toKey(jwk: unknown): KeyObject {
  const { d, k, kty } = objectOf(jwk);
  if (d !== undefined || k !== undefined || kty === 'oct')
    throw new PresentationError('its key is not a public one');
  try {
    return createPublicKey({ key: { ...objectOf(jwk) }, format: 'jwk' });
  } catch (cause) {
    throw new PresentationError('its key cannot be read', { cause });
  }
}

function objectOf(value: unknown): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function typesOf({ type }: JsonObject): string[] {
  return [type].flat().filter((each) => typeof each === 'string');
}
