import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hospital, RunningIngest } from './running-ingest.js';

const sources = `/tenants/${hospital}/sources`;

describe('sources at run time', () => {
  let ingest: RunningIngest;
  let port: number;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    port = await freePort();
  });
  afterAll(() => ingest.stop());

  const canConnect = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  const post = (path: string): Promise<{ status: number; body: Record<string, unknown> }> =>
    ingest.request('POST', `${sources}/${path}`);
  const problems = async (declaration: object): Promise<string[]> => {
    const { status, body } = await ingest.declare('faulty', declaration);
    expect(status).toBe(422);
    return (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer).sort();
  };

  it('tells everything that is wrong at once', async () => {
    expect(
      await problems({
        kind: 'fhir-pull',
        pull: {
          baseUrl: 'http://10.0.0.1/fhir',
          resourceTypes: ['Patient', 'Nonsense'],
          intervalSeconds: 0,
          auth: { kind: 'smart-backend', secret: 'key', tokenUrl: 'http://169.254.169.254/latest' },
          colour: 'blue',
        },
        mllp: { host: '127.0.0.1', port: 2575 },
      }),
    ).toEqual([
      'mllp',
      'pull.auth.clientId',
      'pull.auth.scope',
      'pull.auth.tokenUrl',
      'pull.baseUrl',
      'pull.colour',
      'pull.intervalSeconds',
      'pull.resourceTypes[1]',
    ]);
    expect(await problems({ kind: 'mllp', mllp: { host: '198.51.100.1', port: 2575 } })).toEqual(['mllp']);
    expect(
      await problems({
        kind: 'table',
        file: { format: 'csv', encoding: 'klingon' },
        table: { patient: {}, resources: [{ resourceType: 'Condition', key: ['a'], elements: {} }] },
      }),
    ).toEqual(['file.encoding', 'table.patient.identifiers']);
    expect((await ingest.request('GET', `${sources}/faulty`)).status).toBe(404);
  });

  it('can be checked without being changed', async () => {
    const body = JSON.stringify({ kind: 'fhir-push' });
    expect((await ingest.request('POST', `${sources}/new/validate`, { body })).status).toBe(422);
    expect((await ingest.request('GET', `${sources}/new`)).status).toBe(404);
  });

  it('are paused, stay so over a restart, and go on', async () => {
    expect((await ingest.declare('zis', { kind: 'mllp', mllp: { host: '127.0.0.1', port } })).status).toBe(
      201,
    );
    expect(await canConnect()).toBe(true);
    expect((await post('zis/pause')).body).toMatchObject({ id: 'zis', state: 'paused' });
    expect(await canConnect()).toBe(false);
    expect((await post('zis/test')).body).toMatchObject({ ok: true, steps: [{ step: 'listen' }] });
    await ingest.restart();
    expect(await canConnect()).toBe(false);
    expect((await ingest.request('GET', `${sources}/zis`)).body).toMatchObject({ state: 'paused' });
    expect((await post('zis/resume')).body).toMatchObject({ state: 'receiving' });
    expect(await canConnect()).toBe(true);
    expect((await post('zis/test')).body).toMatchObject({ ok: true });
    const acts = await ingest.query<{ payload: string }>(
      `SELECT payload FROM event_log.event WHERE type = 'audit.recorded' ORDER BY position`,
    );
    const paused = Buffer.from('POST sources/zis/pause').toString('base64');
    expect(acts.map(({ payload }) => payload).join()).toContain(paused);
  });

  it('hold pushing senders back while paused', async () => {
    await ingest.declare('ais', { kind: 'fhir-push' });
    await post('ais/pause');
    const push = (): Promise<{ status: number }> =>
      ingest.request('POST', `${sources}/ais/fhir`, {
        body: JSON.stringify({ resourceType: 'Patient', id: 'p' }),
        type: 'application/fhir+json',
      });
    expect((await push()).status).toBe(503);
    await post('ais/resume');
    expect((await push()).status).toBe(202);
  });

  it('keep messages and progress when removed, and forget credentials', async () => {
    await ingest.request('PUT', `${sources}/ais/secrets/key`, { body: 'secret', type: 'text/plain' });
    expect((await ingest.request('DELETE', `${sources}/ais`)).status).toBe(204);
    expect((await ingest.request('GET', `${sources}/ais/secrets`)).body).toEqual({ secrets: [] });
    expect(await ingest.query(`SELECT 1 FROM ingest.message WHERE source = 'ais'`)).toHaveLength(1);
    await ingest.declare('ais', { kind: 'fhir-push' });
    expect((await ingest.request('GET', `${sources}/ais`)).body).toMatchObject({
      state: 'receiving',
      progress: { messages: 1 },
    });
  });

  it('are listed with how much came and how much waits, each of its own care provider only', async () => {
    const { body } = await ingest.request('GET', sources);
    const listed = body['sources'] as { id: string; figures: object }[];
    expect(listed.find(({ id }) => id === 'ais')?.figures).toEqual({
      messages: 1,
      waiting: 1,
      waitingSince: expect.any(String) as string,
      quarantined: 0,
      lastReceivedAt: expect.any(String) as string,
    });
    const other = await ingest.request('GET', '/tenants/11111111/sources', { organisation: '11111111' });
    expect(other.body).toEqual({ sources: [] });
  });

  it('have settings travel with the message', async () => {
    const push = (id: string): Promise<unknown> =>
      ingest.request('POST', `${sources}/ais/fhir`, {
        body: JSON.stringify({ resourceType: 'Patient', id }),
        type: 'application/fhir+json',
      });
    await push('before');
    await ingest.declare('ais', { kind: 'fhir-push', displayName: 'Renamed' });
    await push('after');
    const names = (await ingest.events())
      .slice(-2)
      .map((event) => (event['settings'] as { displayName: string }).displayName);
    expect(names).toEqual(['Test source', 'Renamed']);
  });
});

describe('credentials of sources', () => {
  let ingest: RunningIngest;
  const secret = 'the-password-of-the-source';
  const path = `${sources}/his/secrets/password`;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    expect((await ingest.request('PUT', path, { body: secret, type: 'text/plain' })).status).toBe(204);
  });
  afterAll(() => ingest.stop());

  it('are kept sealed, and never given out', async () => {
    const [stored] = await ingest.query<{ envelope: object }>('SELECT envelope FROM ingest.source_secret');
    expect(JSON.stringify(stored)).not.toContain(secret);
    const listed = await ingest.request('GET', `${sources}/his/secrets`);
    expect(listed.body).toMatchObject({ secrets: [{ name: 'password' }] });
    expect(JSON.stringify(listed.body)).not.toContain(secret);
    expect((await ingest.request('GET', path)).status).toBe(404);
    expect((await ingest.request('GET', `${sources}/his/secrets`, { organisation: '11111111' })).status).toBe(
      403,
    );
    expect(
      (await ingest.request('PUT', `${sources}/his/secrets/Bad_Name`, { body: 'x', type: 'text/plain' }))
        .status,
    ).toBe(400);
  });

  it('are moved to a new key when it becomes the current one', async () => {
    const file = join(ingest.secrets, 'source-secrets.json');
    const ring = JSON.parse(readFileSync(file, 'utf8')) as { keys: Record<string, string> };
    const next = Buffer.alloc(32, 5).toString('base64');
    writeFileSync(file, JSON.stringify({ current: '2', keys: { ...ring.keys, '2': next } }));
    await ingest.restart();
    expect(await ingest.query('SELECT key_id FROM ingest.source_secret')).toEqual([{ key_id: '2' }]);
    writeFileSync(file, JSON.stringify({ current: '2', keys: { '2': next } }));
    await ingest.restart();
    expect((await ingest.request('GET', `${sources}/his/secrets`)).body).toMatchObject({
      secrets: [{ name: 'password' }],
    });
  });
});
