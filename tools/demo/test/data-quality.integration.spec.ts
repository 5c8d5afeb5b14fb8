import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MllpSender } from '../src/index.js';
import { hospital, RunningFlow } from './running-flow.js';

const admission = (controlId: string, number: string, details: string): string =>
  [
    `MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20251121080000||ADT^A01^ADT_A01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A01|20251121080000',
    `PID|1||${number}^^^HOSPITAL^PI||Jansen^Piet||${details}`,
    '',
  ].join('\r');

interface Report {
  readonly messages: object;
  readonly concepts: readonly {
    readonly concept: string;
    readonly completeness: number;
    readonly examples: string[];
  }[];
  readonly conformance: readonly { readonly resourceType: string; readonly share: number }[];
  readonly delays: Readonly<Record<string, number>>;
}

describe('the quality report of a source', () => {
  let flow: RunningFlow;

  beforeAll(async () => {
    flow = await RunningFlow.start();
    const sender = new MllpSender({ host: '127.0.0.1', port: await flow.declareMllp('his') });
    for (const [id, number, details] of [
      ['Q1', '100', '19700101|M'],
      ['Q2', '200', '|M'],
      ['Q3', '300', ''],
      ['Q4', '400', '19800101|F'],
    ] as const)
      expect((await sender.send(admission(id, number, details))).code).toBe('AA');
    sender.close();
    await flow.settled();
  });
  afterAll(() => flow.stop());

  const path = `/tenants/${hospital}/sources/his/quality`;

  it('says how complete, conformant and timely it is, with messages to look at', async () => {
    const { status, body } = await flow.request<Report>('ingest', 'GET', path);
    expect(status).toBe(200);
    expect(body.messages).toEqual({ mapped: 4, quarantined: 0 });
    const birthDate = body.concepts.find(({ concept }) => concept === 'Patient.Geboortedatum');
    expect(birthDate).toMatchObject({ present: 2, absent: 2, completeness: 0.5 });
    const [example] = await flow.rows<{ control_id: string }>(
      'SELECT control_id FROM ingest.message WHERE id = ANY($1::uuid[]) ORDER BY control_id LIMIT 1',
      [birthDate?.examples],
    );
    expect(example?.control_id).toMatch(/^Q[23]$/);
    expect(body.conformance.find(({ resourceType }) => resourceType === 'Patient')).toMatchObject({
      share: 1,
    });
    expect(body.delays).toEqual({ longer: 4 });
    expect(JSON.stringify(body)).not.toContain('Jansen');
  });

  it('counts by day, for the care provider itself, and beside the unmapped report', async () => {
    const before = await flow.request<Report>('ingest', 'GET', `${path}?until=2020-01-01`);
    expect(before.body).toMatchObject({ messages: { mapped: 0 }, concepts: [] });
    expect((await flow.request('ingest', 'GET', `${path}?from=soon`)).status).toBe(400);
    expect((await flow.request('ingest', 'GET', path, undefined, '11111111')).status).toBe(403);
    const coverage = await flow.request<{ entries: { kind: string }[] }>(
      'ingest',
      'GET',
      path.replace('quality', 'coverage'),
    );
    const kinds = new Set(coverage.body.entries.map(({ kind }) => kind));
    expect([...kinds]).not.toContain('concept');
    expect([...kinds]).toContain('field');
  });
});
