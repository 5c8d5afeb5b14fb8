import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { compactDecrypt, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { encryptCompact, signCompact, toConcatenated } from './compact-jose.js';

const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const recipient = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('what is written out over node:crypto', () => {
  it('is read by an independent implementation, whatever the claims', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.stringMatching(/^x[a-z]{0,5}$/), fc.string()), async (claims) => {
        const signed = signCompact({ typ: 'JWT', kid: 's' }, claims, signing.privateKey);
        const sealed = encryptCompact({ cty: 'JWT', kid: 'r' }, signed, recipient.publicKey);
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, recipient.privateKey);
        expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'r' });
        const text = new TextDecoder().decode(plaintext);
        expect((await jwtVerify(text, signing.publicKey, { algorithms: ['ES256'] })).payload).toEqual(claims);
      }),
      { numRuns: 30 },
    );
  });

  it('opens for the recipient alone, and unchanged alone', async () => {
    const sealed = encryptCompact({}, 'content', recipient.publicKey);
    await expect(compactDecrypt(sealed, other.privateKey)).rejects.toThrow();
    const [header = '', ...rest] = sealed.split('.');
    const changed = Buffer.from(header, 'base64url').toString().replace('{', '{"x":1,');
    const forged = [Buffer.from(changed).toString('base64url'), ...rest].join('.');
    await expect(compactDecrypt(forged, recipient.privateKey)).rejects.toThrow();
  });

  it('never repeats a content key or nonce', () => {
    const one = encryptCompact({}, 'content', recipient.publicKey).split('.');
    const two = encryptCompact({}, 'content', recipient.publicKey).split('.');
    for (const part of [1, 2, 3, 4]) expect(one[part]).not.toBe(two[part]);
  });

  it('writes signatures in one length, small numbers and large ones', () => {
    const der = (r: string, s: string): Buffer => {
      const [one, two] = [Buffer.from(r, 'hex'), Buffer.from(s, 'hex')];
      const parts = [Buffer.of(2, one.length), one, Buffer.of(2, two.length), two];
      return Buffer.concat([Buffer.of(0x30, one.length + two.length + 4), ...parts]);
    };
    const large = 'ff'.repeat(32);
    expect(toConcatenated(der('01', `00${large}`)).toString('hex')).toBe(`${'00'.repeat(31)}01${large}`);
    expect(toConcatenated(der(`7f${'00'.repeat(30)}`, '02')).toString('hex')).toBe(
      `007f${'00'.repeat(30)}${'00'.repeat(31)}02`,
    );
    for (let round = 0; round < 600; round += 1) {
      const input = Buffer.from(String(round));
      const signature = toConcatenated(sign('sha256', input, signing.privateKey));
      const key = { key: signing.publicKey, dsaEncoding: 'ieee-p1363' as const };
      expect(verify('sha256', input, key, signature)).toBe(true);
    }
  });

  it('takes keys as the secrets hold them', () => {
    const jwk = signing.privateKey.export({ format: 'jwk' });
    const key = createPrivateKey({ key: jwk, format: 'jwk' });
    expect(signCompact({}, {}, key).split('.')).toHaveLength(3);
    expect(createPublicKey(key).asymmetricKeyType).toBe('ec');
  });
});
