import type { Transaction } from '@samenhang/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quarantineRejected } from '../src/quarantine/quarantine-store.js';
import { adt, MllpSender } from './mllp-sender.js';
import { freePort } from '@samenhang/testing';
import { RunningIngest } from './running-ingest.js';

describe('quarantine', () => {
  let ingest: RunningIngest;
  let port: number;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    port = await freePort();
    await ingest.declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port } });
    const sender = await MllpSender.connect(port);
    for (const id of ['A', 'B', 'C']) await sender.send(adt(id));
    sender.close();
  });
  afterAll(() => ingest.stop());

  async function reject(controlId: string): Promise<string> {
    const [message] = await ingest.query<{ id: string }>(
      'SELECT id FROM ingest.message WHERE control_id = $1 AND replay_of IS NULL',
      [controlId],
    );
    const issues = [
      { severity: 'warning', code: 'x', location: 'PID-5', text: 'odd' },
      {
        severity: 'error',
        code: 'bsn-eleven-test',
        location: 'PID-3[2].1',
        text: 'The BSN fails the eleven-test',
      },
    ];
    const client = await ingest.sql.connect();
    try {
      await client.query('SET search_path = ingest');
      const onClient: Transaction = {
        query: async <Row>(text: string, values?: unknown[]) =>
          (await client.query(text, values)).rows as Row[],
      };
      const event = {
        payload: { messageId: message?.id, sourceId: 'his', stage: 'normalise', mappingVersion: '1', issues },
      };
      await quarantineRejected(onClient, [event as never, event as never]);
    } finally {
      client.release(true);
    }
    return message?.id ?? '';
  }

  const entries = async (): Promise<Record<string, unknown>[]> =>
    (await ingest.request('GET', '/quarantine')).body['entries'] as Record<string, unknown>[];

  it('shows what a later stage rejected, once, with the first error as reason', async () => {
    const messageId = await reject('B');
    expect(await entries()).toMatchObject([
      {
        messageId,
        stage: 'normalise',
        reasonCode: 'bsn-eleven-test',
        location: 'PID-3[2].1',
        controlId: 'B',
        sourceId: 'his',
        replayedAt: null,
      },
    ]);
    expect(
      (await ingest.request('GET', '/quarantine', { organisation: '11111111' })).body['entries'],
    ).toEqual([]);
    expect((await ingest.request('GET', '/quarantine', { scopes: ['ingest:write'] })).status).toBe(403);
  });

  it('sends a message on its way again, linked, in its old place', async () => {
    const [entry] = await entries();
    const { status, body } = await ingest.request('POST', `/quarantine/${String(entry?.['id'])}/replay`);
    expect(status).toBe(202);
    const event = (await ingest.events()).at(-1);
    expect(event).toMatchObject({
      messageId: body['messageId'],
      sourcePosition: 2,
      replayOf: entry?.['id'],
      content: Buffer.from(adt('B')).toString('base64'),
    });
    expect((await entries())[0]).toMatchObject({ replayMessageId: body['messageId'] });
    expect((await ingest.request('POST', `/quarantine/${String(entry?.['id'])}/replay`)).status).toBe(409);
  });

  it('has declarations and replays on record', async () => {
    const rows = await ingest.query<{ payload: string; tenant: string }>(
      `SELECT payload, tenant FROM event_log.event WHERE type = 'audit.recorded' ORDER BY position`,
    );
    expect(rows.map(({ tenant }) => tenant)).toEqual(['22222222', '22222222']);
    expect(rows[1]?.payload).toContain('administer');
  });

  it('does not take a retransmission for news after a replay', async () => {
    const before = (await ingest.events()).length;
    const sender = await MllpSender.connect(port);
    expect((await sender.send(adt('B'))).segment('MSA')?.field(1).text).toBe('AA');
    expect((await ingest.events()).length).toBe(before);
    sender.close();
  });

  it('replays what was refused at the door once it can be read', async () => {
    const sender = await MllpSender.connect(port);
    const mislabelled = Buffer.concat([
      Buffer.from(adt('U', { msh: '||||||UNICODE UTF-8' })),
      Buffer.from([0xe9, 0x0d]),
    ]);
    expect((await sender.send(mislabelled)).segment('MSA')?.field(1).text).toBe('AR');
    const [entry] = await entries();
    expect(entry).toMatchObject({ stage: 'ingest', reasonCode: '102', location: 'MSH-18' });
    const again = await ingest.request('POST', `/quarantine/${String(entry?.['id'])}/replay`);
    expect(again.status).toBe(422);
    sender.close();
  });

  it('knows no entries of others', async () => {
    const [entry] = await entries();
    const path = `/quarantine/${String(entry?.['id'])}`;
    expect((await ingest.request('GET', path)).status).toBe(200);
    expect((await ingest.request('GET', path, { organisation: '11111111' })).status).toBe(404);
    expect((await ingest.request('POST', `${path}/replay`, { organisation: '11111111' })).status).toBe(404);
    expect((await ingest.request('GET', '/quarantine/none')).status).toBe(404);
  });

  it('is paged', async () => {
    const first = await ingest.request('GET', '/quarantine?count=1');
    expect(first.body['entries']).toHaveLength(1);
    const second = await ingest.request('GET', String(first.body['next']));
    expect(second.body['entries']).toHaveLength(1);
    expect((second.body['entries'] as { id: string }[])[0]?.id).not.toBe(
      (first.body['entries'] as { id: string }[])[0]?.id,
    );
  });
});
