import { jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

const CLOCK_TOLERANCE_SECONDS = 5;

/** The claims of an access token of this server whose signature and lifetime hold; undefined of anything else. */
export async function readIssuedToken(
  token: string,
  issuer: string,
  keys: JWTVerifyGetKey,
): Promise<JWTPayload | undefined> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      algorithms: ['ES256'],
      typ: 'at+jwt',
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['sub', 'aud', 'exp', 'jti', 'client_id'],
    });
    return payload;
  } catch {
    return undefined;
  }
}

/** Its own id, and that of the token at the beginning of its chain of exchanges. */
export function idsOf({ jti = '', origin_jti: origin }: JWTPayload): string[] {
  return [jti, ...(typeof origin === 'string' ? [origin] : [])];
}
