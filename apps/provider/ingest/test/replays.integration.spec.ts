import { encodeMllpFrame } from '@samenhang/hl7v2';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { adt, MllpSender } from './mllp-sender.js';
import { hospital, RunningIngest } from './running-ingest.js';

const MESSAGES = 60;

describe('a replay of many messages', () => {
  let ingest: RunningIngest;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    const port = await freePort();
    await ingest.declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port } });
    const sender = await MllpSender.connect(port);
    const ids = Array.from({ length: MESSAGES }, (_, index) => `M${String(index)}`);
    sender.socket.write(Buffer.concat(ids.map((id) => encodeMllpFrame(Buffer.from(adt(id))))));
    await sender.answers(MESSAGES);
    sender.close();
  });
  afterAll(() => ingest.stop());

  const start = async (body: object): Promise<string> => {
    const { status, body: run } = await ingest.request('POST', '/replays', {
      body: JSON.stringify({ source: 'his', ...body }),
    });
    expect(status).toBe(202);
    return String(run['id']);
  };
  const replayedIn = (run: string): Promise<{ position: number; original: string }[]> =>
    ingest.query(
      'SELECT position, original_id AS original FROM ingest.message WHERE replay_run = $1 ORDER BY position',
      [run],
    );
  const ended = (run: string, state: string): Promise<void> =>
    vi.waitFor(
      async () => expect((await ingest.request('GET', `/replays/${run}`)).body).toMatchObject({ state }),
      { timeout: 20_000, interval: 50 },
    );

  it('goes on after a stop where it was: each message once, in order', async () => {
    const run = await start({ messagesPerSecond: 40 });
    await vi.waitFor(async () => expect((await replayedIn(run)).length).toBeGreaterThan(0), { interval: 20 });
    await ingest.restart();
    expect((await replayedIn(run)).length).toBeLessThan(MESSAGES);
    await ended(run, 'done');
    const replayed = await replayedIn(run);
    expect(replayed).toHaveLength(MESSAGES);
    expect(new Set(replayed.map(({ original }) => original)).size).toBe(MESSAGES);
    const positions = (await ingest.events())
      .filter((event) => event['replayedAt'] !== undefined)
      .map((event) => Number(event['sourcePosition']));
    expect(positions).toEqual(Array.from({ length: MESSAGES }, (_, index) => index + 1));
  });

  it('keeps to the rate it was given', async () => {
    const before = Date.now();
    const run = await start({ messagesPerSecond: 20 });
    await ended(run, 'done');
    expect(Date.now() - before).toBeGreaterThan(2_000);
  });

  it('ends when it is cancelled, and can be seen by its care provider only', async () => {
    const run = await start({ messagesPerSecond: 4 });
    const path = `/replays/${run}`;
    expect((await ingest.request('GET', path, { organisation: '11111111' })).status).toBe(404);
    expect((await ingest.request('DELETE', path, { organisation: '11111111' })).status).toBe(404);
    expect((await ingest.request('DELETE', path)).status).toBe(204);
    await ended(run, 'cancelled');
    const replayed = await replayedIn(run);
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await replayedIn(run)).toEqual(replayed);
    expect((await ingest.request('DELETE', path)).status).toBe(404);
    const { body } = await ingest.request('GET', '/replays');
    expect((body['replays'] as { state: string }[]).map(({ state }) => state)).toEqual([
      'cancelled',
      'done',
      'done',
    ]);
  });

  it('does not make a retransmission of its original news', async () => {
    const [{ count } = { count: 0 }] = await ingest.query<{ count: number }>(
      `SELECT count(*)::integer AS count FROM ingest.message WHERE replay_of IS NULL`,
    );
    expect(count).toBe(MESSAGES);
  });
});

describe('the health of a service with sources', () => {
  it('says which source cannot be read, or is paused, and since when', async () => {
    const ingest = await RunningIngest.start();
    try {
      const pull = { baseUrl: 'http://127.0.0.1:1/fhir', resourceTypes: ['Patient'], intervalSeconds: 1 };
      expect((await ingest.declare('far', { kind: 'fhir-pull', pull })).status).toBe(201);
      await ingest.declare('quiet', { kind: 'fhir-push' });
      const path = `/tenants/${hospital}/sources/quiet/pause`;
      expect((await ingest.request('POST', path)).status).toBeLessThan(300);
      const problems = async (): Promise<unknown> => {
        const response = await fetch(`${ingest.url}/health/ready`);
        expect(response.status).toBe(200);
        return ((await response.json()) as { problems: unknown }).problems;
      };
      const since = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/) as string;
      await vi.waitFor(
        async () =>
          expect(await problems()).toEqual([
            { code: 'pull-failing', source: `${hospital}/far`, text: expect.any(String) as string, since },
            { code: 'source-paused', source: `${hospital}/quiet`, text: expect.any(String) as string, since },
          ]),
        { timeout: 15_000, interval: 100 },
      );
      expect(await problems()).toEqual(await problems());
      const metrics = await (await fetch(`${ingest.url}/metrics`)).text();
      expect(metrics).toMatch(/samenhang_ingest_source_up\{[^}]*source="far"[^}]*\} 0/);
      expect(metrics).toMatch(/samenhang_ingest_source_up\{[^}]*source="quiet"[^}]*\} 1/);
    } finally {
      await ingest.stop();
    }
  });
});
