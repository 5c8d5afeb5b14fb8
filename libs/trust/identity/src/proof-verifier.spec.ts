import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { AuthenticationError } from './authentication-error.js';
import { ProofVerifier } from './proof-verifier.js';

const url = 'https://index.example/localize';
const tokenHash = 'h'.repeat(43);
const seconds = (): number => Math.floor(Date.now() / 1000);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

interface Signer {
  readonly privateKey: KeyObject;
  readonly jwk: JWK;
  readonly digest: 'sha256' | null;
}

function signer(kind: 'ES256' | 'Ed25519'): Signer {
  const { publicKey, privateKey } =
    kind === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const jwk = publicKey.export({ format: 'jwk' });
  return { privateKey, jwk, digest: kind === 'ES256' ? 'sha256' : null };
}

function proofBy(key: Signer, header: object = {}, claims: object = {}): string {
  const content = `${encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk, ...header })}.${encode({
    htm: 'POST',
    htu: url,
    ath: tokenHash,
    iat: seconds(),
    jti: randomUUID(),
    ...claims,
  })}`;
  const options = { key: key.privateKey, dsaEncoding: 'ieee-p1363' } as const;
  return `${content}.${sign(key.digest, Buffer.from(content), options).toString('base64url')}`;
}

const elliptic = signer('ES256');
const edwards = signer('Ed25519');
const verifier = new ProofVerifier();

async function verify(proof: string, key: Signer = elliptic): Promise<'accepted' | 'refused'> {
  const thumbprint = await calculateJwkThumbprint(key.jwk);
  try {
    await verifier.verify(proof, { method: 'POST', url, tokenHash, thumbprint });
    return 'accepted';
  } catch (error) {
    expect(error).toBeInstanceOf(AuthenticationError);
    return 'refused';
  }
}

describe('a proof', () => {
  it('is accepted under each algorithm, once', async () => {
    const proof = proofBy(elliptic);
    expect(await verify(proof)).toBe('accepted');
    expect(await verify(proof)).toBe('refused');
    for (const alg of ['EdDSA', 'Ed25519'])
      expect(await verify(proofBy(edwards, { alg }), edwards)).toBe('accepted');
  });

  it('that was altered is refused, whatever was accepted before under the same header', async () => {
    const proof = proofBy(elliptic);
    const [header = '', , signature = ''] = proof.split('.');
    const [, otherClaims = ''] = proofBy(elliptic).split('.');
    expect(await verify(proof)).toBe('accepted');
    expect(await verify(`${header}.${otherClaims}.${signature}`)).toBe('refused');
    expect(await verify(`${header}.${otherClaims}.${'A'.repeat(86)}`)).toBe('refused');
    expect(await verify(`${header}.${otherClaims}.AA`)).toBe('refused');
  });

  it('of a key that the token is not bound to is refused, a known key as well', async () => {
    const other = signer('ES256');
    expect(await verify(proofBy(other), other)).toBe('accepted');
    expect(await verify(proofBy(other), elliptic)).toBe('refused');
  });

  it.each<[string, object]>([
    ['an algorithm that is not its key’s', { alg: 'EdDSA' }],
    ['no algorithm', { alg: 'none' }],
    ['a symmetric algorithm', { alg: 'HS256' }],
    ['an algorithm of another curve', { alg: 'ES384' }],
    ['critical extensions', { crit: ['b64'], b64: true }],
    ['a private key', { jwk: elliptic.privateKey.export({ format: 'jwk' }) }],
    ['a symmetric key', { jwk: { kty: 'oct', k: 'AAAA' } }],
    ['a point that is not on the curve', { jwk: { ...elliptic.jwk, x: 'A'.repeat(43) } }],
    ['half a key', { jwk: { kty: 'EC', crv: 'P-256' } }],
    ['text for a key', { jwk: 'key' }],
  ])('whose header has %s is refused', async (_name, header) => {
    expect(await verify(proofBy(elliptic, header))).toBe('refused');
  });

  it('signed with the public key as a secret is refused', async () => {
    const content = `${encode({ typ: 'dpop+jwt', alg: 'HS256', jwk: elliptic.jwk })}.${encode({})}`;
    const secret = JSON.stringify(elliptic.jwk);
    const signature = createHmac('sha256', secret).update(content).digest('base64url');
    expect(await verify(`${content}.${signature}`)).toBe('refused');
  });

  it.each<[string, object]>([
    ['has expired by its own word', { exp: seconds() - 1 }],
    ['is not valid yet by its own word', { nbf: seconds() + 60 }],
    ['has an expiry that is no number', { exp: 'never' }],
    ['has a moment that is no number', { iat: null }],
  ])('that %s is refused', async (_name, claims) => {
    expect(await verify(proofBy(elliptic, {}, claims))).toBe('refused');
  });

  it.each([
    '',
    'x',
    'a.b',
    'a.b.c',
    'a.b.c.d',
    `${encode([])}.${encode({})}.AA`,
    'é.é.é',
    'A'.repeat(20_000),
  ])('that cannot be read is refused (%#)', async (text) => {
    expect(await verify(text)).toBe('refused');
  });

  it('names the target as URLs are compared, not as texts', async () => {
    expect(await verify(proofBy(elliptic, {}, { htu: 'HTTPS://index.example:443/localize?x=1' }))).toBe(
      'accepted',
    );
    expect(await verify(proofBy(elliptic, {}, { htu: `${url}/more` }))).toBe('refused');
  });
});
