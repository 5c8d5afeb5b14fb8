import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64Url } from './encoding.js';
import { decodeElement, decodeScalar, randomScalar } from './group.js';
import { OprfError } from './oprf-error.js';
import { decodePseudonymToken, encodePseudonymToken } from './pseudonym-token.js';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const fault = (expected: string) => expect.objectContaining({ name: 'OprfError', fault: expected });

describe('elements', () => {
  it.each([
    ['the identity', '00'.repeat(32), 'identity'],
    ['31 bytes', '00'.repeat(31), 'length'],
    ['33 bytes', '00'.repeat(33), 'length'],
    ['nothing', '', 'length'],
    ['a non-canonical field element (RFC 9496 A.2)', `00${'ff'.repeat(31)}`, 'element'],
    ['the field modulus itself', `f3${'ff'.repeat(30)}7f`, 'element'],
    ['a negative field element (RFC 9496 A.2)', `01${'00'.repeat(31)}`, 'element'],
    [
      'a non-square (RFC 9496 A.2)',
      '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
      'element',
    ],
  ])('refuses %s', (_name, encoding, expected) => {
    expect(() => decodeElement(bytes(encoding))).toThrow(fault(expected));
  });
});

describe('scalars', () => {
  it.each([
    ['zero', '00'.repeat(32), 'scalar'],
    ['the group order', 'edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010', 'scalar'],
    ['all ones', 'ff'.repeat(32), 'scalar'],
    ['16 bytes', '01'.repeat(16), 'length'],
  ])('refuses %s', (_name, encoding, expected) => {
    expect(() => decodeScalar(bytes(encoding))).toThrow(fault(expected));
  });

  it('accepts the largest', () => {
    const largest = bytes('ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
    expect(decodeScalar(largest)).toBe(largest);
  });
});

describe('base64 in all its spellings', () => {
  it.each(['+/8=', '+/8', '-_8=', '-_8'])('reads %s', (text) => {
    expect([...decodeBase64(text)]).toEqual([0xfb, 0xff]);
  });

  it.each(['+_8', 'a b', 'é', 'abcde', '====', 'a'])('refuses %s', (text) => {
    expect(() => decodeBase64(text)).toThrow(OprfError);
  });
});

describe('pseudonym token', () => {
  const token = { evaluatedOutput: 'a.b.c.d.e', blindFactor: randomScalar() };

  it('survives the round trip', () => {
    expect(decodePseudonymToken(encodePseudonymToken(token))).toEqual(token);
  });

  it('reads standard base64 and padding', () => {
    const json = JSON.stringify({
      evaluated_output: token.evaluatedOutput,
      blind_factor: Buffer.from(token.blindFactor).toString('base64'),
    });
    expect(decodePseudonymToken(Buffer.from(json).toString('base64'))).toEqual(token);
  });

  it.each([
    ['text that is no JSON', 'bm90IGpzb24'],
    ['null', Buffer.from('null').toString('base64url')],
    ['a missing member', Buffer.from('{"evaluated_output":"x"}').toString('base64url')],
    ['members of another type', Buffer.from('{"evaluated_output":1,"blind_factor":2}').toString('base64url')],
  ])('refuses %s', (_name, text) => {
    expect(() => decodePseudonymToken(text)).toThrow(fault('token'));
  });

  it('refuses a zero blind factor', () => {
    const json = JSON.stringify({ evaluated_output: 'x', blind_factor: encodeBase64Url(new Uint8Array(32)) });
    expect(() => decodePseudonymToken(encodeBase64Url(Buffer.from(json)))).toThrow(fault('scalar'));
  });
});
