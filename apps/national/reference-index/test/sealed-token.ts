import { randomUUID } from 'node:crypto';
import {
  blind,
  decodeScalar,
  derivePersonInput,
  encodeBase64Url,
  encodePseudonymToken,
  evaluate,
  referenceIndexRecipient,
} from '@samenhang/oprf';
import { CompactEncrypt, SignJWT, type CryptoKey } from 'jose';
import type { RunningIndex } from './running-index.js';

const secretOf = (hex: string) => decodeScalar(new Uint8Array(Buffer.from(hex, 'hex')));
/** Version 1 and 2 of the pseudonymisation key (RFC 9497 A.1.1 and A.1.2). */
const prsSecret = secretOf('5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e');
const nextSecret = secretOf('e6f73f344b79b379f1a0dd37e07ff62e38d9f71345ce62ae3a9bc60b04ccd909');

export interface TokenOptions {
  readonly organisation?: string;
  readonly client?: string;
  readonly audience?: string;
  readonly issuer?: string;
  readonly scope?: string;
  readonly expiresInSeconds?: number;
  /** Base64url of the evaluated element, to send another than the right one. */
  readonly element?: string;
  readonly signingKey?: CryptoKey;
  readonly encryptionKey?: CryptoKey;
  readonly unsigned?: boolean;
  /** Claims that take the place of the right ones. */
  readonly claims?: object;
  /** Which versions of the key are active when the token is made; version 1 alone when left out. */
  readonly versions?: 'first' | 'overlap' | 'second';
}

export interface SealedToken {
  readonly jwe: string;
  readonly blindFactor: string;
  /** As it stands in List.subject.identifier.value. */
  readonly text: string;
}

/** A pseudonym token as the pseudonymisation service and an honest sender make it; options make it dishonest. */
export async function sealToken(
  index: RunningIndex,
  person: string,
  options: TokenOptions = {},
): Promise<SealedToken> {
  const { blindFactor, first, second } = evaluateFor(person);
  const { versions = 'first' } = options;
  const element = options.element ?? (versions === 'first' ? first : second);
  const content = {
    subject: `pseudonym:eval:${element}`,
    key_version: versions === 'first' ? 1 : 2,
    extra_versions: versions === 'overlap' ? { 1: first } : {},
  };
  const jwe = await seal(index, content, options);
  return {
    jwe,
    blindFactor: encodeBase64Url(blindFactor),
    text: encodePseudonymToken({ evaluatedOutput: jwe, blindFactor }),
  };
}

/** The sealed answer of a batch evaluation. */
export async function sealBatch(
  index: RunningIndex,
  persons: readonly string[],
  options: TokenOptions = {},
): Promise<{ jwe: string; blindFactors: string[] }> {
  const evaluated = persons.map(evaluateFor);
  const subjects = evaluated.map(({ first }) => `pseudonym:eval:${first}`);
  const jwe = await seal(index, { subjects }, options);
  return { jwe, blindFactors: evaluated.map(({ blindFactor }) => encodeBase64Url(blindFactor)) };
}

function evaluateFor(person: string) {
  const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: person }, referenceIndexRecipient);
  const { blindFactor, blindedElement } = blind(input);
  const under = (secret: typeof prsSecret) => encodeBase64Url(evaluate(secret, blindedElement));
  return { blindFactor, first: under(prsSecret), second: under(nextSecret) };
}

async function seal(index: RunningIndex, content: object, options: TokenOptions): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: options.issuer ?? index.prsUrl,
    aud: options.audience ?? referenceIndexRecipient.organisation,
    scope: options.scope ?? 'nvi',
    version: '1.1',
    extra_versions: {},
    ...content,
    requester: {
      organization_ura: options.organisation ?? '22222222',
      client_id: options.client ?? 'registrar',
    },
    iat: now,
    exp: now + (options.expiresInSeconds ?? 300),
    jti: randomUUID(),
    ...options.claims,
  };
  const signed = (): Promise<string> =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'prs' })
      .sign(options.signingKey ?? index.prsKey);
  const text = options.unsigned === true ? JSON.stringify(claims) : await signed();
  return new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(options.encryptionKey ?? index.indexKey);
}
