import { blind, encodeBase64Url } from '@samenhang/oprf';
import { compactDecrypt, exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const own = { recipientOrganization: 'ura:44444444', recipientScope: 'research' };
const owner = { organization_ura: '44444444', client_id: 'research', scope: 'prs:register' };
const operator = { client_id: 'operator', scope: 'prs:admin' };

let service: RunningPseudonymisation;
let pair: { publicKey: CryptoKey; privateKey: CryptoKey };
beforeAll(async () => {
  service = await startPseudonymisation();
  pair = await generateKeyPair('PS256', { extractable: true });
});
afterAll(() => service.stop());

const send = (method: string, path: string, body: object, claims: Record<string, unknown>) =>
  service.issuer.fetch(`${service.url}${path}`, claims, {
    method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

async function challengeFor(claims: Record<string, unknown> = owner): Promise<string> {
  const response = await send('POST', '/recipients/challenges', {}, claims);
  return ((await response.json()) as { challenge: string }).challenge;
}

interface Changes {
  readonly signedBy?: CryptoKey;
  readonly nonce?: string;
  readonly audience?: string;
  readonly provenScope?: string;
  readonly recipient?: object;
  readonly claims?: Record<string, unknown>;
  readonly challenge?: string;
}

async function register(changes: Changes = {}): Promise<number> {
  const { claims = owner } = changes;
  const challenge = changes.challenge ?? (await challengeFor(claims));
  const recipient = { ...own, ...changes.recipient };
  const proof = await new SignJWT({
    nonce: changes.nonce ?? challenge,
    recipient_organization: recipient.recipientOrganization,
    recipient_scope: changes.provenScope ?? recipient.recipientScope,
  })
    .setProtectedHeader({ alg: 'PS256' })
    .setAudience(changes.audience ?? service.url)
    .sign(changes.signedBy ?? pair.privateKey);
  const jwk = await exportJWK(pair.publicKey);
  return (await send('PUT', '/recipients/key', { ...recipient, jwk, challenge, proof }, claims)).status;
}

describe('a recipient that registers its key', () => {
  it('receives evaluations encrypted to it, once the operator added a key version', async () => {
    expect(await register()).toBe(204);
    const evaluate = () =>
      send(
        'POST',
        '/oprf/eval',
        { encryptedPersonalId: encodeBase64Url(blind(Buffer.from('x')).blindedElement), ...own },
        { organization_ura: '22222222', scope: 'prs:evaluate' },
      );
    expect((await evaluate()).status).toBe(404);
    expect((await send('POST', '/administration/key-versions', own, operator)).status).toBe(201);
    await expect.poll(async () => (await evaluate()).status, { timeout: 6_000, interval: 300 }).toBe(200);
    const { jwe } = (await (await evaluate()).json()) as { jwe: string };
    const key = await crypto.subtle.importKey(
      'jwk',
      { ...(await exportJWK(pair.privateKey)), alg: 'RSA-OAEP-256' },
      { name: 'RSA-OAEP', hash: 'SHA-256' },
      false,
      ['decrypt'],
    );
    expect((await compactDecrypt(jwe, key)).plaintext.length).toBeGreaterThan(0);
  });

  it.each<[string, () => Changes | Promise<Changes>, number]>([
    ['a proof by another key', async () => ({ signedBy: (await generateKeyPair('PS256')).privateKey }), 422],
    ['a proof of another challenge', () => ({ nonce: 'another' }), 422],
    ['a proof for another service', () => ({ audience: 'https://elsewhere.example' }), 422],
    ['a proof about another scope', () => ({ provenScope: 'other' }), 422],
    [
      'a challenge of another client',
      async () => ({ challenge: await challengeFor({ ...owner, client_id: 'x' }) }),
      422,
    ],
    ['another organisation', () => ({ recipient: { recipientOrganization: 'ura:22222222' } }), 403],
    [
      'the index by a client that is not its own',
      () => ({ recipient: { recipientOrganization: nvi.organisation } }),
      403,
    ],
  ])('is refused with %s, and audited', async (_name, changes, status) => {
    await service.query('TRUNCATE event_log.event');
    expect(await register(await changes())).toBe(status);
    const trail = await service.query<{ text: string }>(
      'SELECT event::text AS text FROM event_log.event AS event',
    );
    expect(trail.map(({ text }) => text).join()).toContain('decision-reason');
  });

  it('may use a challenge once, and needs the scope', async () => {
    const challenge = await challengeFor();
    expect(await register({ challenge })).toBe(204);
    expect(await register({ challenge })).toBe(422);
    expect(
      (await send('POST', '/recipients/challenges', {}, { ...owner, scope: 'prs:evaluate' })).status,
    ).toBe(403);
  });

  it('may be a client that the operator entered for the organisation, which stays barred from evaluating for itself', async () => {
    const claims = { ...owner, client_id: 'reference-index' };
    expect(
      await register({
        claims,
        recipient: { recipientOrganization: nvi.organisation, recipientScope: nvi.scope },
      }),
    ).toBe(204);
    const response = await send(
      'POST',
      '/oprf/eval',
      {
        encryptedPersonalId: encodeBase64Url(blind(Buffer.from('x')).blindedElement),
        recipientOrganization: nvi.organisation,
        recipientScope: nvi.scope,
      },
      { ...claims, scope: 'prs:evaluate' },
    );
    expect(response.status).toBe(403);
  });
});
