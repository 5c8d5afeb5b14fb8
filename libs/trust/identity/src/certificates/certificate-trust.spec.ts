import { X509Certificate } from 'node:crypto';
import { TestAuthority, type TestCertificate } from '@samenhang/testing';
import { describe, expect, it } from 'vitest';
import { findCertificateFault, readAuthorities } from './certificate-trust.js';
import { findUziServer } from './uzi-name.js';

const now = new Date();
const root = new TestAuthority('Root');
const between = new TestAuthority('Between', root);
const stranger = new TestAuthority('Root');
const good = between.issue({ commonName: 'epd.hospital.example', ura: '22222222' });
const revoked = between.issue({ commonName: 'old.hospital.example', ura: '22222222' });
const certificates = root.certificate + between.certificate;
const lists = root.revocationList() + between.revocationList({ revoked: [revoked] });

const faultOf = (
  { certificate }: TestCertificate,
  authorities = certificates,
  revocations: string | undefined = lists,
): string | undefined =>
  findCertificateFault(new X509Certificate(certificate), readAuthorities(authorities, revocations), now);

describe('a client certificate', () => {
  it('leads to a trusted root', () => expect(faultOf(good)).toBeUndefined());

  it('names the care provider of a UZI server', () => {
    expect(findUziServer(new X509Certificate(good.certificate))?.ura).toBe('22222222');
    const plain = between.issue({ commonName: 'plain' });
    expect(findUziServer(new X509Certificate(plain.certificate))).toBeUndefined();
  });

  it.each([
    ['of another authority of the same name', stranger.issue({ commonName: 'x', ura: '22222222' })],
    ['that is over', between.issue({ commonName: 'x', validUntil: new Date(now.getTime() - 1_000) })],
    ['that was revoked', revoked],
  ])('%s is refused', (_, certificate) => expect(faultOf(certificate)).toBeDefined());

  it('is refused without the authority between, unless the other side sent it', () => {
    expect(faultOf(good, root.certificate)).toBe('it leads to no trusted root');
    const trusted = readAuthorities(root.certificate, lists);
    const sent = [new X509Certificate(between.certificate)];
    expect(findCertificateFault(new X509Certificate(good.certificate), trusted, now, sent)).toBeUndefined();
    const own = [new X509Certificate(stranger.certificate)];
    const forged = new X509Certificate(stranger.issue({ commonName: 'x' }).certificate);
    expect(findCertificateFault(forged, trusted, now, own)).toBe('it leads to no trusted root');
  });

  it('is refused that another client certificate has signed', () => {
    // A leaf is no authority, whatever it signs: its certificate does not say that it may.
    const trusted = readAuthorities(certificates, lists);
    const leaf = new X509Certificate(good.certificate);
    expect(findCertificateFault(leaf, trusted, now, [leaf])).toBeUndefined();
    expect(leaf.ca).toBe(false);
  });
});

describe('lists of revoked certificates', () => {
  it.each([
    ['one authority has none', root.revocationList()],
    [
      'one is over',
      root.revocationList() + between.revocationList({ validUntil: new Date(now.getTime() - 1) }),
    ],
    ['one is signed by another', root.revocationList() + stranger.revocationList()],
    ['there are none', ''],
  ])('admit nobody when %s', (_, revocations) =>
    expect(faultOf(good, certificates, revocations)).toContain('no list'),
  );

  it('hold the authorities between as well', () => {
    const gone = { certificate: between.certificate, key: '' };
    const revocations = root.revocationList({ revoked: [gone] }) + between.revocationList();
    expect(faultOf(good, certificates, revocations)).toBe('it was revoked');
  });

  it('that cannot be read stop the start', () => {
    const broken = '-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----';
    expect(() => readAuthorities(certificates, broken)).toThrow();
    expect(() => readAuthorities(between.certificate, undefined)).toThrow('no root');
  });
});
