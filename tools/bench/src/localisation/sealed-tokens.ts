import { createHmac, createSecretKey, KeyObject, randomUUID } from 'node:crypto';
import { openSealedMessage, verifyClaims } from '@samenhang/identity';
import {
  blind,
  decodeBase64,
  decodeElement,
  decodeScalar,
  derivePersonInput,
  elementOf,
  encodeBase64Url,
  evaluate,
  referenceIndexRecipient,
  unblind,
} from '@samenhang/oprf';
import { CompactEncrypt, SignJWT } from 'jose';
import { rounded } from '../statistics.js';
import type { NationalServices } from './national-services.js';

/** A pseudonym token as the JSON routes take it. */
export interface SealedToken {
  readonly pseudonym: string;
  readonly oprf_key: string;
}

const inputOf = (person: number): Uint8Array =>
  derivePersonInput({ landCode: 'NL', type: 'BSN', value: String(person) }, referenceIndexRecipient);

/** Made beforehand, so that making it is no part of the measure. */
export async function sealToken(
  services: NationalServices,
  person: number,
  organisation: string,
): Promise<SealedToken> {
  const { keys } = services;
  const { blindFactor, blindedElement } = blind(inputOf(person));
  const signed = await new SignJWT({
    subject: `pseudonym:eval:${encodeBase64Url(evaluate(keys.oprf, blindedElement))}`,
    key_version: 1,
    extra_versions: {},
    scope: referenceIndexRecipient.scope,
    requester: { organization_ura: organisation, client_id: 'bench' },
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: 'signing' })
    .setIssuer(services.urlOf('pseudonymisation'))
    .setAudience(referenceIndexRecipient.organisation)
    .setIssuedAt()
    .setExpirationTime('1h')
    .setJti(randomUUID())
    .sign(keys.signing);
  const pseudonym = await new CompactEncrypt(new TextEncoder().encode(signed))
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT' })
    .encrypt(keys.encryption);
  return { pseudonym, oprf_key: encodeBase64Url(blindFactor) };
}

/** Under which key the index keeps a person. */
export function pseudonymHashOf({ keys }: NationalServices, person: number): Buffer {
  const pseudonym = evaluate(keys.oprf, elementOf(inputOf(person)));
  return createHmac('sha256', keys.pseudonymHashSecret).update(pseudonym).digest();
}

export function blindedPoint(person: number): string {
  return encodeBase64Url(blind(inputOf(person)).blindedElement);
}

/** CPU of opening one token, by itself: decryption, signature, unblinding. The reference was measured without it. */
export function measureOpening(services: NationalServices, tokens: readonly SealedToken[]): number {
  const { keys } = services;
  const decryption = KeyObject.from(keys.decryption);
  const verification = KeyObject.from(keys.verification);
  const secret = createSecretKey(keys.pseudonymHashSecret);
  const expected = {
    issuer: services.urlOf('pseudonymisation'),
    audience: referenceIndexRecipient.organisation,
    required: ['jti', 'iat', 'exp', 'requester'],
    clockToleranceSeconds: 5,
  };
  const open = (token: SealedToken): void => {
    const content = openSealedMessage(token.pseudonym, decryption, ['RSA-OAEP-256']);
    const verified = verifyClaims(content, verification, expected);
    if ('fault' in verified) throw new Error(`A token of the benchmark is ${verified.fault}`);
    const subject = verified.claims['subject'] as string;
    const element = decodeElement(decodeBase64(subject.replace('pseudonym:eval:', '')));
    const pseudonym = unblind(decodeScalar(decodeBase64(token.oprf_key)), element);
    createHmac('sha256', secret).update(pseudonym).digest();
  };
  for (const token of tokens.slice(0, 50)) open(token);
  const before = process.cpuUsage();
  for (const token of tokens) open(token);
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / 1000 / tokens.length, 3);
}
