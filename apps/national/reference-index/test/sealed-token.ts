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
  const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: person }, referenceIndexRecipient);
  const { blindFactor, blindedElement } = blind(input);
  const element = options.element ?? encodeBase64Url(evaluate(prsSecret, blindedElement));
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: options.issuer ?? index.prsUrl,
    aud: options.audience ?? referenceIndexRecipient.organisation,
    subject: `pseudonym:eval:${element}`,
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
  const content =
    options.unsigned === true
      ? JSON.stringify(claims)
      : await new SignJWT(claims)
          .setProtectedHeader({ alg: 'ES256', kid: 'prs' })
          .sign(options.signingKey ?? index.prsKey);
  const jwe = await new CompactEncrypt(new TextEncoder().encode(content))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(options.encryptionKey ?? index.indexKey);
  return {
    jwe,
    blindFactor: encodeBase64Url(blindFactor),
    text: encodePseudonymToken({ evaluatedOutput: jwe, blindFactor }),
  };
}
