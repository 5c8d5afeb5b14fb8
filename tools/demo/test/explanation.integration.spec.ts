import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MllpSender } from '../src/index.js';
import { RunningFlow } from './running-flow.js';

const admission = [
  'MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ADT^A01^ADT_A01|E1|P|2.5|||||NLD|UNICODE UTF-8',
  'EVN|A01|20261121080000',
  'PID|1||100^^^HOSPITAL^PI~900186021^^^NLMINBIZA^NNNLD||Jansen^Piet||19700101|M',
  '',
].join('\r');

describe('where an element of the record comes from', () => {
  let flow: RunningFlow;
  let reference: string;

  beforeAll(async () => {
    flow = await RunningFlow.start();
    const sender = new MllpSender({ host: '127.0.0.1', port: await flow.declareMllp('his') });
    expect((await sender.send(admission)).code).toBe('AA');
    sender.close();
    await flow.settled();
    const [row] = await flow.rows<{ id: string }>(`SELECT id FROM record.resource WHERE type = 'Patient'`);
    reference = `Patient/${row?.id ?? ''}`;
  });
  afterAll(() => flow.stop());

  const ask = (
    path: string,
    resource = reference,
    organisation?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }> =>
    flow.request('ingest', 'POST', '/explanations', { resource, path }, organisation);

  it('is told with message, field and bytes, rule and version, and nothing of the patient', async () => {
    const { status, body } = await ask('birthDate');
    expect(status).toBe(200);
    const start = Buffer.from(admission).indexOf('19700101');
    expect(body).toMatchObject({
      message: { source: 'his', position: 1, controlId: 'E1' },
      resource: reference,
      from: 'source',
      rule: { format: 'hl7v2', profile: expect.stringContaining('nl-core-Patient') as string },
    });
    expect(body['madeBy']).toBe(body['mappingVersion']);
    expect(body['places']).toContainEqual({
      path: 'PID-7',
      bytes: { start, end: start + 8 },
      effect: 'value',
    });
    expect(JSON.stringify(body)).not.toMatch(/Jansen|900186021|19700101/);
  });

  it('is told to the care provider itself only, and each question is put on record', async () => {
    expect((await ask('birthDate', reference, '11111111')).status).toBe(404);
    expect((await ask('deceased')).status).toBe(404);
    expect((await ask('birthDate', 'Patient/nobody')).status).toBe(404);
    expect((await ask('name.where(true)')).status).toBe(400);
    // Whole groups of three bytes: what follows does not change how they are written (AuditEvent.entity.query is base64).
    const act = Buffer.from('POST explanatio').toString('base64');
    const asked = await flow.rows(
      `SELECT 1 FROM event_log.event WHERE type = 'audit.recorded' AND payload LIKE '%' || $1 || '%'`,
      [act],
    );
    expect(asked.length).toBeGreaterThanOrEqual(4);
  });

  it('can be followed by the message itself: its bytes, and the resources that become of them', async () => {
    const { body: list } = await flow.request<{ messages: Record<string, unknown>[] }>(
      'ingest',
      'GET',
      '/sources/his/messages',
    );
    expect(list.messages).toMatchObject([
      {
        position: 1,
        controlId: 'E1',
        messageType: expect.stringContaining('ADT^A01') as string,
        inQuarantine: false,
      },
    ]);
    expect(JSON.stringify(list)).not.toMatch(/Jansen|900186021/);
    const path = `/messages/${String(list.messages[0]?.['id'])}`;
    const { status, body } = await flow.request('ingest', 'GET', path);
    expect(status).toBe(200);
    expect(Buffer.from(String(body['content']), 'base64').toString()).toBe(admission);
    expect(body['outcome']).toMatchObject({ type: 'record.normalised' });
    expect(JSON.stringify(body['outcome'])).toContain(reference.replace('Patient/', ''));
    expect((await flow.request('ingest', 'GET', path, undefined, '11111111')).status).toBe(404);
    const seen = await flow.rows(
      `SELECT 1 FROM event_log.event WHERE type = 'audit.recorded' AND payload LIKE '%' || $1 || '%'`,
      [Buffer.from('GET message').toString('base64').slice(0, 12)],
    );
    expect(seen.length).toBeGreaterThanOrEqual(2);
  });
});
