import { decodeJwt, decodeProtectedHeader, SignJWT, type JWK } from 'jose';

/** The token with other claims under the old signature. */
export function tamper(token: string): string {
  const [header, , signature] = token.split('.');
  const claims = { ...decodeJwt(token), rol_code: '01.000', organization_ura: '22222222' };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}

/** The token without a signature, which says so. */
export function unsigned(token: string): string {
  const header = { ...decodeProtectedHeader(token), alg: 'none' };
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${token.split('.')[1]}.`;
}

/** The token signed with a public key, as if that were a shared secret. */
export function confused(token: string, { x }: JWK): Promise<string> {
  return new SignJWT(decodeJwt(token))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(x ?? '', 'base64url'));
}
