import { exampleTerminology, TerminologyEmulator, type TerminologyBundle } from '@samenhang/terminology';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MllpSender } from '../src/index.js';
import { RunningFlow } from './running-flow.js';

/** Another day, another answer. */
const laterTerminology = JSON.parse(
  JSON.stringify(exampleTerminology).replaceAll('59621000', '38341003'),
) as TerminologyBundle;

const admission = (controlId: string, number: string, code: string, words: string): string =>
  [
    `MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ADT^A01^ADT_A01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A01|20261121080000',
    `PID|1||${number}^^^HOSPITAL^PI||Jansen^Piet||19700101|M`,
    'PV1|1|I|W1',
    `DG1|1||${code}^${words}^I9C||20261120|A`,
    '',
  ].join('\r');

interface Problem {
  readonly coding: readonly object[];
  readonly profile: string | null;
  readonly mapping_version: string;
  readonly body: string;
}

describe('codes that only a terminology server knows', () => {
  let server: TerminologyEmulator;
  let flow: RunningFlow;
  let sender: MllpSender;

  beforeAll(async () => {
    server = await TerminologyEmulator.start(exampleTerminology);
    flow = await RunningFlow.start({
      TERMINOLOGY_SERVER_URL: server.url,
      // However busy the machine is.
      TERMINOLOGY_TIMEOUT_MS: '30000',
      TERMINOLOGY_CHUNK_MS: '60000',
    });
    sender = new MllpSender({ host: '127.0.0.1', port: await flow.declareMllp('his') });
  }, 180_000);
  afterAll(async () => {
    sender.close();
    await flow.stop();
    await server.close();
  });

  const send = async (...message: Parameters<typeof admission>): Promise<void> => {
    expect((await sender.send(admission(...message))).code).toBe('AA');
    await flow.settled();
  };
  const problem = async (code: string): Promise<Problem> => {
    const [row] = await flow.rows<Problem>(
      `SELECT body::json #> '{code,coding}' AS coding, body::json #>> '{meta,profile,0}' AS profile, mapping_version,
              regexp_replace(body, '"versionId":"\\d+","lastUpdated":"[^"]+",', '') AS body
         FROM record.resource WHERE type = 'Condition' AND body LIKE '%"' || $1 || '"%' ORDER BY id LIMIT 1`,
      [code],
    );
    if (row === undefined) throw new Error('there is no such problem');
    return row;
  };
  const replay = async (order: object): Promise<void> => {
    const { body } = await flow.request('ingest', 'POST', '/replays', { source: 'his', ...order });
    await vi.waitFor(
      async () => {
        const run = await flow.request('ingest', 'GET', `/replays/${String(body['id'])}`);
        expect(run.body).toMatchObject({ state: 'done' });
      },
      { timeout: 90_000, interval: 100 },
    );
    await flow.settled();
  };

  it('get a coding beside their own, and the version says by which answers', async () => {
    await send('T1', '100', '401.9', 'Hypertensie');
    const held = await problem('401.9');
    expect(held.coding).toEqual([
      { system: 'http://hl7.org/fhir/sid/icd-9-cm', code: '401.9' },
      { system: 'http://snomed.info/sct', code: '59621000', display: 'Essential hypertension' },
    ]);
    expect(held.body).toContain('"text":"Hypertensie"');
    expect(held.profile).toContain('nl-core-Problem');
    expect(held.mapping_version).toMatch(/\+tables\.0\.terms\.1$/);
    expect(server.asked.join()).not.toMatch(/Hypertensie|Jansen/);
    const { outside } = (await (await fetch(`${flow.urls.normalise}/status`)).json()) as {
      outside: object[];
    };
    expect(outside).toContainEqual(expect.objectContaining({ name: 'terminology', state: 'answers' }));
  }, 300_000);

  it('are asked once, and never taken for what they are not', async () => {
    const before = server.asked.length;
    await send('T2', '200', '401.9', 'Hypertensie');
    expect(server.asked).toHaveLength(before);
    await send('T3', '300', '250.00', 'Diabetes');
    const held = await problem('250.00');
    expect(held.coding).toHaveLength(1);
    expect(held.profile).toBeNull();
    expect(held.body).toContain('"unmapped-code"');
    expect(held.mapping_version).toMatch(/\.terms\.1$/);
  }, 300_000);

  it('give the same bytes by the same answers, whatever the server says later', async () => {
    const { body, mapping_version: version } = await problem('401.9');
    server.load(laterTerminology);
    await replay({ type: 'ADT' });
    expect((await problem('401.9')).body).toBe(body);
    server.fail(true);
    await flow.restart('normalise');
    await replay({ mapBy: version });
    expect((await problem('401.9')).body).toBe(body);
  }, 300_000);

  it('stay as they are while the server is away, which is counted', async () => {
    await send('T4', '400', '493.90', 'Astma');
    const held = await problem('493.90');
    expect(held).toMatchObject({ coding: [{ code: '493.90' }], profile: null });
    const metrics = await (await fetch(`${flow.urls.normalise}/metrics`)).text();
    expect(metrics).toMatch(/normalise_terminology_questions_total\{[^}]*outcome="unavailable"[^}]*\} [1-9]/);
    server.fail(false);
    await vi.waitFor(
      async () => {
        await replay({ type: 'ADT' });
        expect((await problem('493.90')).coding).toMatchObject([{ code: '493.90' }, { code: '195967001' }]);
      },
      { timeout: 150_000, interval: 1_000 },
    );
  }, 300_000);

  it('are shown with the answers that are held to', async () => {
    const { status, body } = await flow.request('normalise', 'GET', '/term-supplement');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      latest: 2,
      translations: [
        { binding: 'ProbleemNaam', code: '401.9', target: { code: '59621000' }, version: 1 },
        { binding: 'ProbleemNaam', code: '493.90', target: { code: '195967001' }, version: 2 },
      ],
    });
    const earlier = await flow.request<{ translations: object[] }>(
      'normalise',
      'GET',
      '/term-supplement?version=1',
    );
    expect(earlier.body.translations).toHaveLength(1);
    expect((await flow.request('normalise', 'GET', '/term-supplement?version=9')).status).toBe(404);
  }, 300_000);

  it('lose an answer that a person withdraws, for good, and keep it under the versions before', async () => {
    const { mapping_version: version, body: before } = await problem('401.9');
    const coding = { system: 'http://hl7.org/fhir/sid/icd-9-cm', code: '401.9' };
    const withdrawn = await flow.request('normalise', 'POST', '/term-supplement/withdrawals', coding);
    expect(withdrawn.body).toMatchObject({ version: 3, translations: [{ code: '401.9', target: null }, {}] });
    const asked = server.asked.length;
    await replay({ type: 'ADT' });
    expect(await problem('401.9')).toMatchObject({ coding: [coding], profile: null });
    expect(server.asked.slice(asked).join()).not.toContain('401.9');
    await replay({ mapBy: version });
    expect((await problem('401.9')).body).toBe(before);
    const again = await flow.request('normalise', 'POST', '/term-supplement/withdrawals', coding);
    expect(again.status).toBe(404);
    expect((await flow.request('normalise', 'POST', '/term-supplement/withdrawals', {})).status).toBe(400);
  }, 300_000);
});
