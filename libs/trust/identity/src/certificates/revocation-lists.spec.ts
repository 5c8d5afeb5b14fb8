import fc from 'fast-check';
import { TestAuthority } from '@samenhang/testing';
import { describe, expect, it } from 'vitest';
import { readCertificateLists } from './revocation-lists.js';

describe('lists of revoked certificates', () => {
  it('are read, one after the other', () => {
    const authority = new TestAuthority();
    const revoked = [authority.issue({ commonName: 'one' }), authority.issue({ commonName: 'two' })];
    const pem = authority.revocationList({ revoked }) + authority.revocationList();
    expect(readCertificateLists(pem)).toHaveLength(2);
  });

  it('that are anything else are refused, and never taken for an empty one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const pem = `-----BEGIN X509 CRL-----\n${Buffer.from(bytes).toString('base64')}\n-----END X509 CRL-----`;
        expect(() => readCertificateLists(pem)).toThrow(RangeError);
      }),
    );
  });
});
