import { generateKeyPairSync } from 'node:crypto';
import { importJWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { bulkRequestType, readBulkAnswer, toBulkEvent } from './bulk-evaluation.js';
import { encodeBase64Url } from './encoding.js';
import { blind } from './oprf.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...pair.privateKey.export({ format: 'jwk' }), kid: 'client-key' };
const inputs = ['one', 'two'].map((text) => blind(Buffer.from(text)).blindedElement);

describe('a request for many evaluations', () => {
  it('is a JWS of a type of its own, read by an independent implementation', async () => {
    const { requestId, request } = toBulkEvent(
      {
        requestId: '6a3c3e0e-4d5e-4b83-a0d5-3b0cf30f8c2f',
        clientId: 'registrar',
        audience: 'https://prs.example',
        organisation: '22222222',
        recipient: { organisation: 'oin:00000099000000001000', scope: 'nvi' },
        blindedInputs: inputs,
      },
      key,
    );
    const { payload, protectedHeader } = await jwtVerify(
      request,
      await importJWK(pair.publicKey.export({ format: 'jwk' }), 'ES256'),
      { typ: bulkRequestType, audience: 'https://prs.example', issuer: 'registrar' },
    );
    expect(protectedHeader).toMatchObject({ alg: 'ES256', kid: 'client-key' });
    expect(payload).toMatchObject({
      jti: requestId,
      organisation: '22222222',
      recipientOrganization: 'oin:00000099000000001000',
      recipientScope: 'nvi',
      blindedInputs: inputs.map(encodeBase64Url),
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(172_800);
  });
});

describe('its answer', () => {
  it('has a token for each input, or the reason why not', () => {
    expect(readBulkAnswer({ outcome: 'evaluated', tokens: ['a', 'b'] }, 2)).toEqual({
      outcome: 'evaluated',
      tokens: ['a', 'b'],
    });
    expect(readBulkAnswer({ outcome: 'refused', tokens: [], reason: 'quota' }, 2)).toMatchObject({
      mayRetry: true,
    });
    expect(readBulkAnswer({ outcome: 'refused', tokens: [], reason: 'signature' }, 2)).toMatchObject({
      mayRetry: false,
    });
    expect(() => readBulkAnswer({ outcome: 'evaluated', tokens: ['a'] }, 2)).toThrow(RangeError);
    expect(() => readBulkAnswer({ outcome: 'other', tokens: [] }, 0)).toThrow(RangeError);
  });
});
