import {
  blind,
  decodeBase64,
  decodeElement,
  derivePersonInput,
  encodeBase64Url,
  unblind,
} from '@samenhang/oprf';
import { compactDecrypt, createRemoteJWKSet, jwtVerify, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const hospital = { organization_ura: '22222222', scope: 'prs:evaluate' };
const pseudonym = '960853bc403be4701fc16e9a350399170cab5a34efb4318f1b94fc2ca490cc47';
const input = derivePersonInput({ landCode: 'NL', type: 'BSN', value: '999990007' }, nvi);
const JSON_TYPE = { 'content-type': 'application/json' };

let service: RunningPseudonymisation;
beforeAll(async () => {
  service = await startPseudonymisation({ BATCH_SIZE: '50' });
});
afterAll(() => service.stop());

function post(
  path: string,
  body: unknown,
  claims: { scope: string } & Record<string, unknown> = hospital,
): Promise<Response> {
  return service.issuer.fetch(`${service.url}${path}`, claims, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify(body),
  });
}

const request = (point: string, recipient = nvi) => ({
  encryptedPersonalId: point,
  recipientOrganization: recipient.organisation,
  recipientScope: recipient.scope,
});

async function open(jwe: string): Promise<JWTPayload & { subject: string }> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, service.recipientKey);
  expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', cty: 'JWT', kid: 'index' });
  const keys = createRemoteJWKSet(new URL(`${service.url}/.well-known/jwks.json`));
  const { payload } = await jwtVerify(new TextDecoder().decode(plaintext), keys, {
    issuer: service.url,
    audience: nvi.organisation,
  });
  return payload as JWTPayload & { subject: string };
}

function pseudonymIn(claims: { subject: string }, factor: Parameters<typeof unblind>[0]): string {
  const element = decodeElement(decodeBase64(claims.subject.replace('pseudonym:eval:', '')));
  return Buffer.from(unblind(factor, element)).toString('hex');
}

describe('POST /oprf/eval', () => {
  it('evaluates to the published pseudonym vector, signed, bound to the requester, short-lived and single-use', async () => {
    const { blindFactor, blindedElement } = blind(input);
    const response = await post('/oprf/eval', request(encodeBase64Url(blindedElement)));
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const claims = await open(((await response.json()) as { jwe: string }).jwe);
    expect(pseudonymIn(claims, blindFactor)).toBe(pseudonym);
    expect(claims).toMatchObject({
      scope: 'nvi',
      version: '1.1',
      extra_versions: {},
      requester: { organization_ura: '22222222', client_id: 'registrar' },
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300);
  });

  it.each(['base64', 'base64url'] as const)('reads %s, padded or not', async (encoding) => {
    const text = Buffer.from(blind(input).blindedElement).toString(encoding);
    for (const spelling of [text.replace(/=+$/, ''), text.replace(/=*$/, '=')]) {
      expect((await post('/oprf/eval', request(spelling))).status).toBe(200);
    }
  });

  it.each([
    ['the identity', encodeBase64Url(new Uint8Array(32))],
    ['a short point', 'AAAA'],
    ['a non-canonical encoding', Buffer.from(`00${'ff'.repeat(31)}`, 'hex').toString('base64url')],
    ['text that is no base64', '!!!'],
    ['nothing', ''],
  ])('refuses %s with 400', async (_name, point) => {
    expect((await post('/oprf/eval', request(point))).status).toBe(400);
  });

  it.each([
    ['no JSON object', []],
    ['no recipient', { encryptedPersonalId: 'x' }],
  ])('refuses %s with 400', async (_name, body) => {
    expect((await post('/oprf/eval', body)).status).toBe(400);
  });

  it('answers 404 for an unknown organisation or scope', async () => {
    const point = encodeBase64Url(blind(input).blindedElement);
    expect((await post('/oprf/eval', request(point, { ...nvi, scope: 'other' }))).status).toBe(404);
    expect((await post('/oprf/eval', request(point, { ...nvi, organisation: 'ura:12345678' }))).status).toBe(
      404,
    );
  });

  it('needs a token with the scope, on behalf of a care provider', async () => {
    const body = request(encodeBase64Url(blind(input).blindedElement));
    expect((await fetch(`${service.url}/oprf/eval`, { method: 'POST' })).status).toBe(401);
    expect((await post('/oprf/eval', body, { ...hospital, scope: 'nvi:create' })).status).toBe(403);
    expect((await post('/oprf/eval', body, { scope: 'prs:evaluate' })).status).toBe(403);
  });
});

describe('evaluation for oneself', () => {
  it.each([
    ['by a client of the recipient', nvi, { ...hospital, client_id: 'reference-index' }],
    [
      'by a client of the recipient that acts with another’s token',
      nvi,
      { ...hospital, act: { client_id: 'reference-index' } },
    ],
    ['by the recipient organisation', { organisation: 'ura:22222222', scope: 'own' }, hospital],
  ])('is refused %s, and audited', async (_name, recipient, claims) => {
    await service.query('TRUNCATE event_log.event');
    const response = await post(
      '/oprf/eval',
      request(encodeBase64Url(blind(input).blindedElement), recipient),
      claims,
    );
    expect(response.status).toBe(403);
    const [row] = await service.query<{ payload: string }>('SELECT payload FROM event_log.event');
    expect(row?.payload).toContain('evaluation-for-oneself');
  });
});

describe('the alias of the national guide', () => {
  it('speaks snake case', async () => {
    const { blindFactor, blindedElement } = blind(input);
    const response = await post('/evaluate', {
      blinded_input: encodeBase64Url(blindedElement),
      recipient_organization: nvi.organisation,
      recipient_scope: nvi.scope,
    });
    const { evaluated_output: jwe } = (await response.json()) as { evaluated_output: string };
    expect(pseudonymIn(await open(jwe), blindFactor)).toBe(pseudonym);
  });
});

describe('a batch', () => {
  const batch = (points: readonly string[]) => ({
    encryptedPersonalIds: points,
    recipientOrganization: nvi.organisation,
    recipientScope: nvi.scope,
  });

  it('gives all evaluations in order, in one sealed answer for one use', async () => {
    const blinded = Array.from({ length: 40 }, () => blind(input));
    const points = blinded.map(({ blindedElement }) => encodeBase64Url(blindedElement));
    const response = await post('/oprf/eval-batch', batch(points));
    const claims = await open(((await response.json()) as { jwe: string }).jwe);
    const subjects = claims['subjects'] as string[];
    const pseudonyms = blinded.map(({ blindFactor }, index) =>
      pseudonymIn({ subject: subjects[index] ?? '' }, blindFactor),
    );
    expect(pseudonyms).toEqual(blinded.map(() => pseudonym));
    expect(claims).not.toHaveProperty('subject');
    expect(claims.jti).toBeDefined();
  });

  it('names the point at fault, and has a limit', async () => {
    const good = encodeBase64Url(blind(input).blindedElement);
    const response = await post('/oprf/eval-batch', batch([good, 'AAAA']));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('encryptedPersonalIds[1]');
    expect((await post('/oprf/eval-batch', batch([]))).status).toBe(400);
    expect((await post('/oprf/eval-batch', batch(Array.from({ length: 51 }, () => good)))).status).toBe(413);
  });
});

describe('what the service keeps', () => {
  it('neither input nor output, anywhere in its database', async () => {
    const point = encodeBase64Url(blind(input).blindedElement);
    const { jwe } = (await (await post('/oprf/eval', request(point))).json()) as { jwe: string };
    const { subject } = await open(jwe);
    const rows = [
      ...(await service.query<{ text: string }>('SELECT event::text AS text FROM event_log.event AS event')),
      ...(await service.query<{ text: string }>('SELECT usage::text AS text FROM evaluation_usage AS usage')),
    ];
    expect(rows.length).toBeGreaterThan(1);
    for (const { text } of rows) {
      for (const secret of [point, jwe, subject.replace('pseudonym:eval:', '')])
        expect(text).not.toContain(secret);
    }
  });
});
