import { describe, expect, it } from 'vitest';
import { ServerPolicy } from './server-policy.js';

describe('a deployment that lists no servers', () => {
  const policy = new ServerPolicy('');

  it('lets sources call public addresses over https, and nothing else', () => {
    expect(policy.findRefusal('https://fhir.example/r4')).toBeUndefined();
    expect(policy.permits('fhir.example', '93.184.215.14')).toBe(true);
    expect(policy.permits('fhir.example', '2a00:1450::1')).toBe(true);
    expect(policy.findRefusal('http://fhir.example/r4')).toContain('https');
    expect(policy.findRefusal('file:///etc/passwd')).toContain('https');
    expect(policy.findRefusal('https://user:secret@fhir.example/')).toContain('credentials');
    expect(policy.findRefusal('nonsense')).toContain('URL');
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
  ])('does not let a name lead to %s', (address) => {
    expect(policy.permits('innocent.example', address)).toBe(false);
  });

  it.each([
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::ffff:7f00:1]/',
  ])('refuses %s before it is called', (url) => expect(policy.findRefusal(url)).toContain('address'));
});

describe('a deployment that lists servers', () => {
  const policy = new ServerPolicy('fhir.his.example, *.hospital.example, 10.20.0.0/16, 127.0.0.1');

  it('lets sources call these, at whatever address, and no others', () => {
    expect(policy.permits('fhir.his.example', '10.9.9.9')).toBe(true);
    expect(policy.permits('a.hospital.example', '192.168.1.1')).toBe(true);
    expect(policy.permits('hospital.example.evil.example', '10.20.3.4')).toBe(true);
    expect(policy.permits('other.example', '93.184.215.14')).toBe(false);
    expect(policy.permits('hospital.example', '93.184.215.14')).toBe(false);
    expect(policy.findRefusal('http://127.0.0.1:8080/fhir')).toBeUndefined();
    expect(policy.findRefusal('http://10.21.0.1/')).toContain('address');
  });

  it('does not start on a list that it cannot read', () => {
    expect(() => new ServerPolicy('https://his.example')).toThrow(RangeError);
    expect(() => new ServerPolicy('10.0.0.0/99')).toThrow();
  });
});
