import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { blind, decodeBase64, decodeElement, encodeBase64Url, unblind } from '@samenhang/oprf';
import { compactDecrypt, decodeJwt, type JWTPayload } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nvi, oprfKey, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const hospital = { organization_ura: '22222222', scope: 'prs:evaluate' };
const operator = { client_id: 'operator', scope: 'prs:admin' };
const recipient = { recipientOrganization: nvi.organisation, recipientScope: nvi.scope };
const query = new URLSearchParams(recipient).toString();
const person = Buffer.from('person');

let service: RunningPseudonymisation;
beforeEach(async () => {
  service = await startPseudonymisation();
  // The other recipient of the test's file shares the provisioned key.
  await service.query(`DELETE FROM key_version WHERE organisation <> '${nvi.organisation}'`);
});
afterEach(() => service.stop());

const send = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object, claims = operator) =>
  service.issuer.fetch(`${service.url}${path}`, claims, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

async function evaluate(): Promise<JWTPayload & { pseudonym: string; older: Record<string, string> }> {
  const { blindFactor, blindedElement } = blind(person);
  const response = await send(
    'POST',
    '/oprf/eval',
    { encryptedPersonalId: encodeBase64Url(blindedElement), ...recipient },
    { ...hospital, client_id: 'registrar' },
  );
  expect(response.status).toBe(200);
  const { jwe } = (await response.json()) as { jwe: string };
  const { plaintext } = await compactDecrypt(jwe, service.recipientKey);
  const claims = decodeJwt(new TextDecoder().decode(plaintext));
  const pseudonymOf = (text: string): string =>
    encodeBase64Url(unblind(blindFactor, decodeElement(decodeBase64(text))));
  const older = Object.entries(claims['extra_versions'] as Record<string, string>);
  return {
    ...claims,
    pseudonym: pseudonymOf((claims['subject'] as string).replace('pseudonym:eval:', '')),
    older: Object.fromEntries(older.map(([version, text]) => [version, pseudonymOf(text)])),
  };
}

async function release(version: number, claims: object = {}): Promise<number> {
  const recipientsOwn = { ...operator, client_id: 'reference-index', scope: 'prs:register', ...claims };
  return (await send('POST', '/recipients/releases', { ...recipient, version }, recipientsOwn)).status;
}

async function addVersion(): Promise<void> {
  expect((await send('POST', '/administration/key-versions', recipient)).status).toBe(201);
  await delay(2_100);
}

describe('versions of a recipient’s key', () => {
  it('overlap: the new pseudonym comes with the old one, until that is ended and destroyed', async () => {
    const before = await evaluate();
    expect(before).toMatchObject({ key_version: 1, extra_versions: {} });
    await addVersion();
    const during = await evaluate();
    expect(during['key_version']).toBe(2);
    expect(during.pseudonym).not.toBe(before.pseudonym);
    expect(during.older).toEqual({ 1: before.pseudonym });

    const path = '/administration/key-versions/1';
    expect((await send('DELETE', `${path}?${query}`)).status).toBe(409);
    const ended = await send('PUT', path, { ...recipient, activeUntil: new Date().toISOString() });
    expect(ended.status).toBe(200);
    expect((await evaluate()).older).toEqual({});
    // The recipient may still keep something under it.
    expect((await send('DELETE', `${path}?${query}`)).status).toBe(409);
    expect(await release(1)).toBe(204);
    expect((await send('DELETE', `${path}?${query}`)).status).toBe(204);
    expect(readFileSync(join(service.secrets, 'pseudonymisation.json'), 'utf8')).not.toContain(oprfKey);
    expect((await evaluate()).pseudonym).toBe(during.pseudonym);

    const list = (await (await send('GET', `/administration/key-versions?${query}`)).json()) as object[];
    expect(list).toMatchObject([
      { version: 1, releasedAt: expect.any(String) as string, destroyedAt: expect.any(String) as string },
      { version: 2, releasedAt: null, destroyedAt: null },
    ]);
    expect(JSON.stringify(list)).not.toContain('label');
    const trail = await service.query<{ text: string }>(
      'SELECT event::text AS text FROM event_log.event AS event',
    );
    for (const act of ['add key', 'end key', 'destroy key'])
      expect(trail.filter(({ text }) => text.includes('administer')).length, act).toBeGreaterThan(2);
  });

  it('destroys the file of a made key', async () => {
    await addVersion();
    await addVersion();
    expect(readdirSync(join(service.secrets, 'oprf-keys'))).toHaveLength(2);
    const until = { ...recipient, activeUntil: new Date().toISOString() };
    expect((await send('PUT', '/administration/key-versions/2', until)).status).toBe(200);
    const path = `/administration/key-versions/2?${query}`;
    expect((await send('DELETE', path)).status).toBe(409);
    // What the recipient did not report the operator may vouch for, and the trail says so.
    expect((await send('DELETE', `${path}&rekeying=finished`)).status).toBe(204);
    expect(readdirSync(join(service.secrets, 'oprf-keys'))).toHaveLength(1);
  });

  it('is released by its recipient alone, and only when another takes its place', async () => {
    expect(await release(1)).toBe(409);
    await addVersion();
    expect(await release(1, { client_id: 'stranger' })).toBe(403);
    expect(await release(1, { scope: 'prs:admin' })).toBe(403);
    expect(await release(2)).toBe(409);
    expect(await release(1)).toBe(204);
    expect(await release(1)).toBe(204);
  });

  it('becomes active when it was planned to, at once everywhere', async () => {
    const soon = new Date(Date.now() + 3_500).toISOString();
    const add = (activeFrom: string) =>
      send('POST', '/administration/key-versions', { ...recipient, activeFrom });
    expect((await add(new Date().toISOString())).status).toBe(422);
    expect((await add('tomorrow')).status).toBe(400);
    expect((await add(soon)).status).toBe(201);
    expect((await evaluate())['key_version']).toBe(1);
    await delay(Date.parse(soon) - Date.now() + 100);
    expect((await evaluate())['key_version']).toBe(2);
  });

  it('never makes one by itself: without an active version there is no answer', async () => {
    await service.query('UPDATE key_version SET active_until = now()');
    await delay(2_100);
    const point = encodeBase64Url(blind(person).blindedElement);
    const response = await send(
      'POST',
      '/oprf/eval',
      { encryptedPersonalId: point, ...recipient },
      {
        ...hospital,
        client_id: 'registrar',
      },
    );
    expect(response.status).toBe(404);
    expect(await service.query('SELECT 1 FROM key_version')).toHaveLength(1);
  });

  it('keeps the last one, and is for the operator only', async () => {
    const until = { ...recipient, activeUntil: new Date().toISOString() };
    expect((await send('PUT', '/administration/key-versions/1', until)).status).toBe(409);
    expect(
      (await send('POST', '/administration/key-versions', recipient, { ...operator, scope: 'prs:evaluate' }))
        .status,
    ).toBe(403);
    expect(
      (await send('POST', '/administration/key-versions', { ...recipient, recipientScope: 'none' })).status,
    ).toBe(404);
    expect((await send('POST', '/administration/key-versions', {})).status).toBe(400);
  });
});
