import { createHash, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { BoundAccessToken } from './tokens.js';

/** The headers that prove possession of the token's key for one request (RFC 9449, section 7.1). */
export async function proofHeaders(
  { accessToken, proofKey }: BoundAccessToken,
  method: string,
  url: string,
): Promise<{ authorization: string; dpop: string }> {
  const target = new URL(url);
  const dpop = await new SignJWT({
    htm: method,
    htu: `${target.origin}${target.pathname}`,
    ath: createHash('sha256').update(accessToken).digest('base64url'),
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: proofKey.publicJwk })
    .setJti(randomUUID())
    .setIssuedAt()
    .sign(proofKey.privateKey);
  return { authorization: `DPoP ${accessToken}`, dpop };
}
