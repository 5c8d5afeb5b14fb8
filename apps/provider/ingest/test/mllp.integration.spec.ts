import { setTimeout as wait } from 'node:timers/promises';
import { encodeMllpFrame } from '@samenhang/hl7v2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adt, MllpSender } from './mllp-sender.js';
import { freePort } from '@samenhang/testing';
import { hospital, RunningIngest } from './running-ingest.js';

describe('a source over MLLP', () => {
  let ingest: RunningIngest;
  let port: number;

  beforeAll(async () => {
    ingest = await RunningIngest.start();
    port = await freePort();
    expect((await ingest.declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port } })).status).toBe(
      201,
    );
  });
  afterAll(() => ingest.stop());

  it('is answered AA once message and event are committed', async () => {
    const sender = await MllpSender.connect(port);
    const answer = await sender.send(adt('M1'));
    expect(answer.segment('MSA')?.field(1).text).toBe('AA');
    expect(answer.segment('MSA')?.field(2).text).toBe('M1');
    const [message] = await ingest.query<{ content: Buffer; position: string; state: string; id: string }>(
      `SELECT * FROM ingest.message WHERE control_id = 'M1'`,
    );
    expect(message?.content.toString('latin1')).toBe(adt('M1'));
    expect(message).toMatchObject({ position: 1, state: 'received' });
    const [event] = await ingest.events();
    expect(event).toMatchObject({
      messageId: message?.id,
      sourceId: 'his',
      format: 'hl7v2',
      sourcePosition: 1,
      content: Buffer.from(adt('M1')).toString('base64'),
      settings: { timeZone: 'Europe/Amsterdam', displayName: 'Test source' },
    });
    expect(JSON.stringify(event?.['key'])).not.toContain('900186021');
    sender.close();
  });

  it('gets the same answer for the same bytes, which have no second effect', async () => {
    const sender = await MllpSender.connect(port);
    await sender.send(adt('M2'));
    const before = (await ingest.events()).length;
    expect((await sender.send(adt('M2'))).segment('MSA')?.field(1).text).toBe('AA');
    expect((await ingest.events()).length).toBe(before);
    sender.close();
  });

  it('has them counted, by day of receipt', async () => {
    const retransmissions = async (period = ''): Promise<unknown> => {
      const path = `/tenants/${hospital}/sources/again/quality${period}`;
      return (await ingest.request('GET', path)).body['retransmissions'];
    };
    const own = await freePort();
    await ingest.declare('again', { kind: 'mllp', mllp: { host: '127.0.0.1', port: own } });
    const sender = await MllpSender.connect(own);
    await sender.send(adt('R1'));
    expect(await retransmissions()).toEqual({ messages: 0, files: 0 });
    sender.socket.write(Buffer.concat(['R1', 'R2', 'R2'].map((id) => encodeMllpFrame(Buffer.from(adt(id))))));
    await sender.answers(3);
    await sender.send(adt('R1'));
    sender.close();
    expect(await retransmissions()).toEqual({ messages: 3, files: 0 });
    expect(await retransmissions('?until=2020-01-01')).toEqual({ messages: 0, files: 0 });
    await ingest.query(`UPDATE ingest.retransmission_count SET day = '2020-01-01' WHERE source = 'again'`);
    expect(await retransmissions('?until=2020-01-01')).toEqual({ messages: 3, files: 0 });
    expect(await retransmissions('?from=2020-01-02')).toEqual({ messages: 0, files: 0 });
  });

  it('may send other content under a control id it used before', async () => {
    const sender = await MllpSender.connect(port);
    await sender.send(adt('M3'));
    expect((await sender.send(adt('M3', { pid: '77^^^^PI' }))).segment('MSA')?.field(1).text).toBe('AA');
    expect(await ingest.query(`SELECT 1 FROM ingest.message WHERE control_id = 'M3'`)).toHaveLength(2);
    sender.close();
  });

  it('keeps its order while messages share transactions', async () => {
    const sender = await MllpSender.connect(port);
    const ids = Array.from({ length: 500 }, (_, index) => `Q${String(index)}`);
    sender.socket.write(Buffer.concat(ids.map((id) => encodeMllpFrame(Buffer.from(adt(id))))));
    const answers = await sender.answers(500);
    expect(answers.map((one) => one.segment('MSA')?.field(2).text)).toEqual(ids);
    expect(new Set(answers.map((one) => one.segment('MSA')?.field(1).text))).toEqual(new Set(['AA']));
    const rows = await ingest.query<{ control_id: string }>(
      `SELECT control_id FROM ingest.message WHERE control_id LIKE 'Q%' ORDER BY position`,
    );
    expect(rows.map((row) => row.control_id)).toEqual(ids);
    sender.close();
  });

  it('gets enhanced acknowledgements when it asks for them', async () => {
    const sender = await MllpSender.connect(port);
    expect((await sender.send(adt('E1', { msh: '|||AL|NE' }))).segment('MSA')?.field(1).text).toBe('CA');
    sender.write(adt('E2', { msh: '|||NE|NE' }));
    expect((await sender.send(adt('E3', { msh: '|||AL|NE' }))).segment('MSA')?.field(2).text).toBe('E3');
    sender.close();
  });

  it('is refused with the reason when a message cannot be read, and nothing is lost', async () => {
    const sender = await MllpSender.connect(port);
    const broken = adt('BAD1').replace('PID|', 'pid|');
    const answer = await sender.send(broken);
    expect(answer.segment('MSA')?.field(1).text).toBe('AR');
    expect(answer.segment('MSA')?.field(2).text).toBe('BAD1');
    expect(answer.segment('ERR')?.field(3).text).toBe('100');
    await sender.send(broken);
    const garbage = await sender.send(Buffer.from('<xml>not HL7 \u0000</xml>'));
    expect(garbage.segment('MSA')?.field(1).text).toBe('AR');
    const { body } = await ingest.request('GET', '/quarantine');
    expect(body['entries']).toMatchObject([
      { stage: 'ingest', reasonCode: '100', location: 'MSH', controlId: null },
      { stage: 'ingest', reasonCode: '100', controlId: 'BAD1', replayedAt: null },
    ]);
    const [kept] = await ingest.query<{ content: Buffer }>(
      `SELECT content FROM ingest.message WHERE control_id = 'BAD1'`,
    );
    expect(kept?.content.toString()).toBe(broken);
    sender.close();
  });

  it('is refused a message beyond the size cap and served on', async () => {
    const sender = await MllpSender.connect(port);
    const answer = await sender.send(Buffer.from(adt('BIG') + 'NTE|1||' + 'x'.repeat(10 * 1024 * 1024)));
    expect(answer.segment('MSA')?.field(1).text).toBe('AR');
    expect(answer.segment('MSA')?.field(2).text).toBe('BIG');
    expect((await sender.send(adt('AFTER-BIG'))).segment('MSA')?.field(1).text).toBe('AA');
    sender.close();
  });

  it('is never told AA while the database cannot store', async () => {
    const sender = await MllpSender.connect(port);
    await ingest.query('ALTER TABLE ingest.message RENAME TO message_away');
    const answer = await sender.send(adt('D1'));
    expect(answer.segment('MSA')?.field(1).text).toBe('AE');
    expect(answer.segment('ERR')?.field(3).text).toBe('207');
    await ingest.query('ALTER TABLE ingest.message_away RENAME TO message');
    expect((await sender.send(adt('D1'))).segment('MSA')?.field(1).text).toBe('AA');
    sender.close();
  });

  it('is served again after a restart, as declared', async () => {
    await ingest.restart();
    const sender = await MllpSender.connect(port);
    expect((await sender.send(adt('R1'))).segment('MSA')?.field(1).text).toBe('AA');
    sender.close();
  });

  it('is heard no more when it is removed, and moves when declared elsewhere', async () => {
    const other = await freePort();
    expect(
      (await ingest.declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port: other } })).status,
    ).toBe(200);
    await expect(MllpSender.connect(port)).rejects.toThrow();
    (await MllpSender.connect(other)).close();
    expect((await ingest.request('DELETE', `/tenants/${hospital}/sources/his`)).status).toBe(204);
    await expect(MllpSender.connect(other)).rejects.toThrow();
    port = await freePort();
    await ingest.declare('his', { kind: 'mllp', mllp: { host: '127.0.0.1', port } });
  });

  it('does not suffer from idle connections', async () => {
    const idle = await Promise.all(Array.from({ length: 200 }, () => MllpSender.connect(port)));
    const sender = await MllpSender.connect(port);
    expect((await sender.send(adt('I1'))).segment('MSA')?.field(1).text).toBe('AA');
    for (const one of [...idle, sender]) one.close();
    await wait(10);
  });

  it('shows in the status', async () => {
    const status = (await (await fetch(`${ingest.url}/status`)).json()) as { counts: Record<string, number> };
    expect(status.counts['received']).toBeGreaterThan(500);
    expect(status.counts['quarantined']).toBe(3);
  });
});
