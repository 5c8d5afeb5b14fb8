import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import {
  blind,
  confirmMasked,
  decodeBase64,
  decodeElement,
  decodeScalar,
  encodeBase64Url,
  verifyMasked,
  type GroupElement,
} from '@samenhang/oprf';
import { compactDecrypt, decodeJwt } from 'jose';

const point = (text: string): GroupElement => decodeElement(decodeBase64(text));

/** Point of nobody, to have evaluated. */
const { blindedElement } = blind(Buffer.from('a question about the key'));

/** Members of a request in verifiable mode beside the recipient. */
export const provenQuestion = {
  encryptedPersonalId: encodeBase64Url(blindedElement),
  mode: 'voprf',
} as const;

export interface ProvenEvaluation {
  readonly jwe: string;
  readonly verification: {
    readonly key_version: number;
    readonly masked_public_key: string;
    readonly masked_elements: readonly string[];
    readonly proof: string;
  };
}

/** Under which keys a proven evaluation was made, as only its recipient can tell. */
export interface OpenedEvaluation {
  readonly keyVersion: unknown;
  readonly olderVersions: readonly string[];
  /** Whether the proof holds, and is about the key with this public half. */
  isMadeWith(publicKey: string): boolean;
}

/** @param recipientKey private JWK of the recipient */
export async function openEvaluation(
  { jwe, verification }: ProvenEvaluation,
  recipientKey: object,
): Promise<OpenedEvaluation> {
  const key = createPrivateKey({ key: recipientKey as JsonWebKey, format: 'jwk' });
  const claims = decodeJwt<{
    subject: string;
    key_version: number;
    extra_versions: object;
    verification_mask: string;
  }>(new TextDecoder().decode((await compactDecrypt(jwe, key)).plaintext));
  const sealed = [point(claims.subject.replace('pseudonym:eval:', ''))];
  const masked = {
    publicKey: point(verification.masked_public_key),
    elements: verification.masked_elements.map(point),
  };
  const isProven = verifyMasked(masked, [blindedElement], decodeBase64(verification.proof));
  const mask = decodeScalar(decodeBase64(claims.verification_mask));
  return {
    keyVersion: claims.key_version,
    olderVersions: Object.keys(claims.extra_versions),
    isMadeWith: (publicKey) => isProven && confirmMasked(point(publicKey), mask, sealed, masked),
  };
}
