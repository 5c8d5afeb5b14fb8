import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toDerSignature, toJoseSignature } from './ecdsa-signature.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('a P-256 signature in DER', () => {
  it('verifies as the original does, whatever its leading bytes', () => {
    const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
    for (let round = 0; round < 600; round += 1) {
      const content = Buffer.from(String(round));
      const signature = sign('sha256', content, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify('sha256', content, key, toDerSignature(signature) ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('is told back in the form of JOSE, whatever its leading bytes', () => {
    for (let round = 0; round < 600; round += 1) {
      const content = Buffer.from(String(round));
      const signature = toJoseSignature(sign('sha256', content, privateKey));
      const isRight = verify('sha256', content, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
      expect(isRight).toBe(true);
    }
  });

  it('keeps the zeros with which a half begins', () => {
    const original = Buffer.concat([
      Buffer.alloc(30),
      Buffer.from([1, 2]),
      Buffer.alloc(31),
      Buffer.from([0x80]),
    ]);
    expect(toJoseSignature(toDerSignature(original) ?? Buffer.alloc(0))).toEqual(original);
  });

  it.each([0, 63, 65, 72])('does not exist for %i bytes', (length) => {
    expect(toDerSignature(Buffer.alloc(length))).toBeUndefined();
  });

  it('of zeros is made and is valid for nothing', () => {
    const zeros = toDerSignature(Buffer.alloc(64));
    expect(zeros).toBeDefined();
    expect(verify('sha256', Buffer.from('x'), publicKey, zeros ?? Buffer.alloc(0))).toBe(false);
  });
});
