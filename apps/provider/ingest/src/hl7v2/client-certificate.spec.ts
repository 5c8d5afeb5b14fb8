import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TestAuthority } from '@samenhang/testing';
import { isAllowed, namesIn } from './client-certificate.js';

describe('namesIn', () => {
  const authority = new TestAuthority();

  it('reads the common name, and the care provider of a UZI server certificate', () => {
    const uzi = authority.issue({ commonName: 'his.hospital.example', ura: '12345678' });
    expect(namesIn(new X509Certificate(uzi.certificate))).toEqual({
      commonName: 'his.hospital.example',
      ura: '12345678',
    });
    const other = authority.issue({ commonName: 'plain' });
    expect(namesIn(new X509Certificate(other.certificate))).toEqual({ commonName: 'plain', ura: undefined });
  });
});

describe('isAllowed', () => {
  const names = { commonName: 'his', ura: '12345678' };

  it.each([
    ['no rules', undefined, true],
    ['the name', [{ commonName: 'his' }], true],
    ['the care provider', [{ ura: '12345678' }], true],
    ['both', [{ commonName: 'his', ura: '12345678' }], true],
    ['one of several', [{ commonName: 'lis' }, { ura: '12345678' }], true],
    ['another name', [{ commonName: 'lis', ura: '12345678' }], false],
    ['another care provider', [{ ura: '87654321' }], false],
    ['an empty rule', [{}], false],
    ['no rule at all', [], false],
  ])('%s', (_name, rules, allowed) => {
    expect(isAllowed(names, rules)).toBe(allowed);
  });
});
