import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  blind,
  decodeBase64,
  decodeElement,
  derivePersonInput,
  encodeBase64Url,
  unblind,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import fc from 'fast-check';
import { compactDecrypt, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const hospital = { organization_ura: '44444444', scope: 'prs:evaluate' };
const other = { organisation: 'ura:22222222', scope: 'own' };

let service: RunningPseudonymisation;
let logs: string;
beforeAll(async () => {
  logs = mkdtempSync(join(tmpdir(), 'prs-log-'));
  service = await startPseudonymisation({ LOG_LEVEL: 'trace', LOG_FILE: join(logs, 'log') });
});
afterAll(async () => {
  await service.stop();
  rmSync(logs, { recursive: true });
});

const post = (path: string, body: object, claims: Record<string, unknown> = hospital) =>
  service.issuer.fetch(`${service.url}${path}`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

const bodyFor = (recipient: PseudonymRecipient, point: string) => ({
  encryptedPersonalId: point,
  recipientOrganization: recipient.organisation,
  recipientScope: recipient.scope,
});

async function evaluate(
  recipient: PseudonymRecipient,
  value: string,
): Promise<{ point: string; jwe: string; signed: string; claims: JWTPayload; pseudonym: string }> {
  const { blindFactor, blindedElement } = blind(
    derivePersonInput({ landCode: 'NL', type: 'BSN', value }, recipient),
  );
  const point = encodeBase64Url(blindedElement);
  const response = await post('/oprf/eval', bodyFor(recipient, point));
  const { jwe } = (await response.json()) as { jwe: string };
  const { plaintext } = await compactDecrypt(jwe, service.recipientKey);
  const signed = new TextDecoder().decode(plaintext);
  const claims = decodeJwt(signed);
  const subject = (claims['subject'] as string).replace('pseudonym:eval:', '');
  const pseudonym = encodeBase64Url(unblind(blindFactor, decodeElement(decodeBase64(subject))));
  return { point, jwe, signed, claims, pseudonym };
}

describe('two recipients', () => {
  it('get pseudonyms of one person that have nothing in common, and each only its own', async () => {
    const [first, second] = [await evaluate(nvi, '999990007'), await evaluate(other, '999990007')];
    expect(first.pseudonym).not.toBe(second.pseudonym);
    expect(first.claims.aud).toBe(nvi.organisation);
    expect(second.claims).toMatchObject({ aud: other.organisation, scope: other.scope });
    expect((await evaluate(nvi, '999990007')).pseudonym).toBe(first.pseudonym);
  });

  it('are told apart by organisation, prefix and scope each', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{8}$/), fc.stringMatching(/^\d{9}$/), (number, value) => {
        const person = { landCode: 'NL', type: 'BSN', value };
        const inputs = [
          { organisation: `ura:${number}`, scope: 'nvi' },
          { organisation: `oin:${number}`, scope: 'nvi' },
          { organisation: `ura:${number}`, scope: 'other' },
          { organisation: number, scope: 'nvi' },
        ].map((recipient) => encodeBase64Url(derivePersonInput(person, recipient)));
        expect(new Set(inputs).size).toBe(4);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an answer', () => {
  it('says to whom, from whom, for whom, for what and for how long, and repeats no jti', async () => {
    const [one, two] = [await evaluate(nvi, '999990007'), await evaluate(nvi, '999990007')];
    expect(decodeProtectedHeader(one.jwe)).toEqual({
      alg: 'RSA-OAEP-256',
      enc: 'A256GCM',
      cty: 'JWT',
      kid: 'index',
    });
    expect(decodeProtectedHeader(one.signed)).toEqual({ alg: 'ES256', typ: 'JWT', kid: 'signing' });
    expect(one.claims).toMatchObject({
      iss: service.url,
      aud: nvi.organisation,
      scope: 'nvi',
      version: '1.1',
      key_version: 1,
      requester: { organization_ura: '44444444', client_id: 'registrar' },
    });
    expect(one.claims.jti).not.toBe(two.claims.jti);
    expect(one.claims['subject']).not.toBe(two.claims['subject']);
  });

  it('keeps its algorithm and key id out of reach of the request', async () => {
    const point = encodeBase64Url(blind(Buffer.from('x')).blindedElement);
    const response = await post('/oprf/eval', {
      ...bodyFor(nvi, point),
      alg: 'none',
      kid: 'mine',
      aud: 'me',
    });
    const { jwe } = (await response.json()) as { jwe: string };
    expect(decodeProtectedHeader(jwe)).toMatchObject({ alg: 'RSA-OAEP-256', kid: 'index' });
  });
});

describe('what is refused', () => {
  const point = encodeBase64Url(blind(Buffer.from('x')).blindedElement);

  it.each<[string, PseudonymRecipient]>([
    ['another prefix', { ...nvi, organisation: nvi.organisation.replace('oin:', 'ura:') }],
    ['no prefix', { ...nvi, organisation: nvi.organisation.replace('oin:', '') }],
    ['two prefixes', { ...nvi, organisation: `oin:${nvi.organisation}` }],
    ['upper case', { ...nvi, organisation: nvi.organisation.toUpperCase() }],
    ['another scope', { ...nvi, scope: 'NVI' }],
    ['white space', { ...nvi, scope: 'nvi ' }],
    ['a wildcard', { ...nvi, scope: '*' }],
  ])('is a recipient spelled with %s: 404', async (_name, recipient) => {
    expect((await post('/oprf/eval', bodyFor(recipient, point))).status).toBe(404);
  });

  const modulus = `ed${'ff'.repeat(30)}7f`;
  it.each([
    ['the identity', '00'.repeat(32)],
    ['the identity, not canonical', modulus],
    ['31 bytes', '00'.repeat(31)],
    ['33 bytes', '00'.repeat(33)],
    ['64 bytes', 'ab'.repeat(64)],
    ['a negative field element', `01${'00'.repeat(31)}`],
    ['a field element too large', `00${'ff'.repeat(31)}`],
    ['a non-square', '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371'],
  ])('is %s as a point: 400 at every route, and counted by no quota', async (_name, hex) => {
    await service.query('TRUNCATE evaluation_usage');
    const bad = Buffer.from(hex, 'hex').toString('base64url');
    const guide = {
      blinded_input: bad,
      recipient_organization: nvi.organisation,
      recipient_scope: nvi.scope,
    };
    const { encryptedPersonalId: _one, ...recipient } = bodyFor(nvi, bad);
    for (const [path, body] of [
      ['/oprf/eval', bodyFor(nvi, bad)],
      ['/evaluate', guide],
      ['/oprf/eval-batch', { ...recipient, encryptedPersonalIds: [point, bad] }],
    ] as const) {
      const response = await post(path, body);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toContain(bad);
    }
    expect(await service.query('SELECT 1 FROM evaluation_usage')).toEqual([]);
  });
});

describe('the log', () => {
  it('at its most talkative holds no input, no output and no person', async () => {
    const { point, jwe, signed, claims, pseudonym } = await evaluate(nvi, '999990007');
    await post('/oprf/eval', bodyFor(nvi, 'AAAA'));
    await post('/oprf/eval', bodyFor({ ...nvi, scope: 'x' }, point));
    const text = readFileSync(join(logs, 'log'), 'utf8');
    expect(text).toContain('pseudonymisation');
    const subject = (claims['subject'] as string).replace('pseudonym:eval:', '');
    for (const secret of [point, jwe, signed, subject, pseudonym, '999990007', claims.jti ?? ''])
      expect(text).not.toContain(secret);
  });
});

describe('spelling pinned by the deployment', () => {
  it('lets no service start whose recipients are spelled otherwise', async () => {
    await expect(startPseudonymisation({ RECIPIENT_PREFIXES: 'oin' })).rejects.toThrow(/RECIPIENT_PREFIXES/);
  });
});
