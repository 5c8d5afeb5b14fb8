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

const prsSecret = decodeScalar(
  new Uint8Array(Buffer.from('5ebcea5ee37023ccb9fc2d2019f9d7737be85591ae8652ffa9ef0f4d37063b0e', 'hex')),
);

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
  const { blindFactor, subject } = evaluateFor(person);
  const jwe = await seal(
    index,
    { subject: options.element === undefined ? subject : `pseudonym:eval:${options.element}` },
    options,
  );
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
  const jwe = await seal(index, { subjects: evaluated.map(({ subject }) => subject) }, options);
  return { jwe, blindFactors: evaluated.map(({ blindFactor }) => encodeBase64Url(blindFactor)) };
}

function evaluateFor(person: string) {
  const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: person }, referenceIndexRecipient);
  const { blindFactor, blindedElement } = blind(input);
  return { blindFactor, subject: `pseudonym:eval:${encodeBase64Url(evaluate(prsSecret, blindedElement))}` };
}

async function seal(index: RunningIndex, content: object, options: TokenOptions): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    ...content,
    iss: options.issuer ?? index.prsUrl,
    aud: options.audience ?? referenceIndexRecipient.organisation,
    scope: options.scope ?? 'nvi',
    version: '1.1',
    extra_versions: {},
    requester: {
      organization_ura: options.organisation ?? '22222222',
      client_id: options.client ?? 'registrar',
    },
    iat: now,
    exp: now + (options.expiresInSeconds ?? 300),
    jti: randomUUID(),
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
