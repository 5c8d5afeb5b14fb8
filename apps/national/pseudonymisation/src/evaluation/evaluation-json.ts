import { encodeBase64Url } from '@samenhang/oprf';
import type { Evaluated } from './evaluation.service.js';

/** For the sender in verifiable mode, who hands the masked values on to the recipient. Values base64url. */
export interface VerificationJson {
  readonly key_version: number;
  readonly masked_public_key: string;
  readonly masked_elements: readonly string[];
  readonly proof: string;
}

export interface EvaluationJson {
  readonly jwe: string;
  readonly verification?: VerificationJson;
}

export function toJson({ sealed, keyVersion, verification }: Evaluated): EvaluationJson {
  if (verification === undefined) return { jwe: sealed };
  const { masked, proof } = verification;
  return {
    jwe: sealed,
    verification: {
      key_version: keyVersion,
      masked_public_key: encodeBase64Url(masked.publicKey),
      masked_elements: masked.elements.map(encodeBase64Url),
      proof: encodeBase64Url(proof),
    },
  };
}
