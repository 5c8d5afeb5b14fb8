import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MllpSender } from '../src/index.js';
import { hospital, RunningFlow } from './running-flow.js';
import { TraceCollector } from './trace-collector.js';

const BSN = '900186021';

function admission(
  controlId: string,
  number: string,
  { bsn = '', family = 'Jansen', at = '202611200800' } = {},
): string {
  const citizen = bsn === '' ? '' : `~${bsn}^^^NLMINBIZA^NNNLD`;
  return [
    `MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ADT^A01^ADT_A01|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A01|20261121080000',
    `PID|1||${number}^^^HOSPITAL^PI${citizen}||${family}^Piet||19700101|M`,
    `PV1|1|I|W1||||||||||||||||V${number}^^^HOSPITAL^VN${'|'.repeat(25)}${at}`,
    '',
  ].join('\r');
}

const merge = (controlId: string, survivor: string, replaced: string): string =>
  [
    `MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121090000||ADT^A40^ADT_A39|${controlId}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A40|20261121090000',
    `PID|1||${survivor}^^^HOSPITAL^PI`,
    `MRG|${replaced}^^^HOSPITAL^PI`,
    '',
  ].join('\r');

interface Difference {
  readonly controlId: string;
  readonly outcome: string;
  readonly resources: readonly {
    readonly resourceType: string;
    readonly action: string;
    readonly elements: string[];
  }[];
}
interface Preview {
  readonly selected: number;
  readonly summary: Record<string, number>;
  readonly messages: readonly Difference[];
  readonly next?: number;
}

describe('what happens to a message', () => {
  let flow: RunningFlow;
  let collector: TraceCollector;
  let port: number;
  let sender: MllpSender;

  beforeAll(async () => {
    collector = await TraceCollector.start();
    flow = await RunningFlow.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    port = await flow.declareMllp('his');
    sender = new MllpSender({ host: '127.0.0.1', port });
  });
  afterAll(async () => {
    sender.close();
    await flow.stop();
    collector.stop();
  });

  const encounters = (): Promise<{ id: string; start: string; version: number }[]> =>
    flow.rows(
      `SELECT id, body::json #>> '{period,start}' AS start, version FROM record.resource
        WHERE type = 'Encounter' AND NOT deleted ORDER BY id`,
    );
  const redeclare = (timeZone: string): Promise<{ status: number }> =>
    flow.request('ingest', 'PUT', `/tenants/${hospital}/sources/his`, {
      kind: 'mllp',
      displayName: 'Hospital',
      settings: {
        localIdentifierSystem: 'https://hospital.example/patient',
        timeZone,
        defaultCharset: 'UNICODE UTF-8',
      },
      mllp: { host: '127.0.0.1', port },
    });

  it('leaves a trace from its receipt to the record, without a word about the patient', async () => {
    expect((await sender.send(admission('T1', '100', { bsn: BSN }))).code).toBe('AA');
    await flow.settled();
    const chain = ['ingest.receive', 'normalise', 'record'];
    await vi.waitFor(
      () => expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(chain)),
      { timeout: 10_000 },
    );
    const [receive, normalise, record] = chain.map((name) =>
      collector.spans.find((span) => span.name === name),
    );
    expect(normalise).toMatchObject({ traceId: receive?.traceId, parentSpanId: receive?.spanId });
    expect(record).toMatchObject({ traceId: receive?.traceId, parentSpanId: normalise?.spanId });
    const [change] = await flow.rows<{ traceparent: string }>(
      `SELECT traceparent FROM event_log.event WHERE type = 'availability.changed'`,
    );
    expect(change?.traceparent).toContain(receive?.traceId);
    expect(collector.bodies.join()).not.toMatch(/Jansen|900186021|"100"/);
  });

  it('shows before a replay what it would change, and changes nothing by showing it', async () => {
    await sender.send(admission('R1', '200'));
    await flow.settled();
    expect((await redeclare('America/New_York')).status).toBe(200);
    const before = await flow.rows(`SELECT 1 FROM ingest.message`);
    const { status, body } = await flow.request<Preview>('ingest', 'POST', '/replays/dry-run', {
      source: 'his',
      type: 'ADT',
    });
    expect(status).toBe(200);
    expect(body.selected).toBe(2);
    const differences = body.messages.find(({ controlId }) => controlId === 'R1')?.resources ?? [];
    expect(differences).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ resourceType: 'Encounter', action: 'changed', elements: ['period.start'] }),
        expect.objectContaining({ resourceType: 'Patient', action: 'unchanged' }),
      ]),
    );
    expect(JSON.stringify(body)).not.toMatch(/Jansen|900186021/);
    await flow.settled();
    expect(await flow.rows(`SELECT 1 FROM ingest.message`)).toHaveLength(before.length);
    expect((await encounters()).map(({ version }) => version)).toEqual([1, 1]);
  });

  it('is replayed as it was shown, linked to its original, and not over what the source said since', async () => {
    await sender.send(admission('R2', '200', { at: '202611201200' }));
    await flow.settled();
    const newest = (await encounters()).find(({ version }) => version === 2);
    const started = await flow.request<{ id: string }>('ingest', 'POST', '/replays', {
      source: 'his',
      type: 'ADT^A01',
      until: new Date(Date.now() + 60_000).toISOString(),
    });
    expect(started.status).toBe(202);
    await vi.waitFor(
      async () => {
        const { body } = await flow.request('ingest', 'GET', `/replays/${started.body.id}`);
        expect(body).toMatchObject({ state: 'done', replayed: 3, unreadable: 0 });
      },
      { timeout: 15_000, interval: 100 },
    );
    await flow.settled();
    const links = await flow.rows<{ linked: boolean }>(
      `SELECT r.content = o.content AND r.position = o.position AND r.replay_of = o.id AS linked
         FROM ingest.message r JOIN ingest.message o ON o.id = r.original_id WHERE r.replay_run = $1`,
      [started.body.id],
    );
    expect(links).toEqual([{ linked: true }, { linked: true }, { linked: true }]);
    // 12:00 in New York: what the newest message says, under the settings of now; never 08:00 of the older one again.
    const replayed = (await encounters()).find(({ id }) => id === newest?.id);
    expect(replayed?.start).toBe('2026-11-20T12:00:00-05:00');
    const again = await flow.request<Preview>('ingest', 'POST', '/replays/dry-run', { source: 'his' });
    expect(again.body.summary).toMatchObject({ created: 0, changed: 0, deleted: 0, rejected: 0 });
    await redeclare('Europe/Amsterdam');
  });

  it('can be chosen by time, type and mapping version, page by page', async () => {
    const preview = async (criteria: object): Promise<Preview> =>
      (await flow.request<Preview>('ingest', 'POST', '/replays/dry-run', { source: 'his', ...criteria }))
        .body;
    expect((await preview({ until: '2020-01-01' })).selected).toBe(0);
    expect((await preview({ type: 'ORU^R01' })).selected).toBe(0);
    expect((await preview({ mappingVersion: '0.0.1' })).selected).toBe(0);
    const [used] = await flow.rows<{ version: string }>(
      `SELECT mapping_version AS version FROM ingest.coverage_messages`,
    );
    const first = await preview({ mappingVersion: used?.version, count: 2 });
    expect(first).toMatchObject({ selected: 3, messages: [{ controlId: 'T1' }, { controlId: 'R1' }] });
    const second = await preview({ mappingVersion: used?.version, count: 2, after: first.next });
    expect(second.messages.map(({ controlId }) => controlId)).toEqual(['R2']);
    const wrong = await flow.request('ingest', 'POST', '/replays', {
      source: 'his',
      from: 'yesterday',
      colour: 1,
    });
    expect(wrong.status).toBe(422);
    expect((await flow.request('ingest', 'POST', '/replays', { source: 'nobody' })).status).toBe(404);
    expect(
      (await flow.request('ingest', 'POST', '/replays/dry-run', { source: 'his' }, '11111111')).status,
    ).toBe(404);
  });

  it('is held when it puts a BSN on somebody else, until a person has judged it', async () => {
    const other = admission('C1', '300', { bsn: BSN, family: 'De Boer' }).replace('19700101', '19811231');
    expect((await sender.send(other)).code).toBe('AA');
    await flow.settled();
    const { body } = await flow.request<{ entries: Record<string, unknown>[] }>(
      'ingest',
      'GET',
      '/quarantine',
    );
    expect(body.entries).toMatchObject([
      {
        stage: 'record',
        reasonCode: 'conflicting-demographics',
        location: 'Patient.identifier',
        controlId: 'C1',
      },
    ]);
    const shown = await flow.request<Preview>('ingest', 'POST', '/replays/dry-run', {
      source: 'his',
      quarantined: true,
    });
    expect(shown.body).toMatchObject({ selected: 1, messages: [{ outcome: 'rejected' }] });
    const entry = `/quarantine/${String(body.entries[0]?.['id'])}`;
    const replay = await flow.request('ingest', 'POST', `${entry}/replay`, {
      accepting: ['conflicting-demographics'],
    });
    expect(replay.status).toBe(202);
    await flow.settled();
    expect((await flow.request('ingest', 'GET', entry)).body).toMatchObject({
      replayMessageId: replay.body['messageId'],
    });
    expect(
      await flow.rows(`SELECT 1 FROM record.resource WHERE type = 'Patient' AND body LIKE '%De Boer%'`),
    ).toHaveLength(1);
  });

  it('is redirected when its patient was merged before it came, and apart again when that was undone', async () => {
    await sender.send(merge('M1', '401', '400'));
    await sender.send(admission('M2', '400'));
    await sender.send(admission('M3', '401', { family: 'Bakker' }));
    await flow.settled();
    const persons = (): Promise<{ roots: number; patient: string }[]> =>
      flow.rows(
        `SELECT count(DISTINCT p.root)::integer AS roots, min(o.patient_id) AS patient FROM record.patient p
           JOIN record.resource r ON r.patient_key = p.id AND r.type = 'Patient'
           JOIN record.patient o ON o.replaced_by IS NOT NULL
          WHERE r.body LIKE '%"400"%' OR r.body LIKE '%"401"%'`,
      );
    const [together] = await persons();
    expect(together?.roots).toBe(1);
    const undone = await flow.request('record', 'POST', `/patients/${together?.patient ?? ''}/unmerge`);
    expect(undone.status).toBe(200);
    const rows = await flow.rows(
      `SELECT DISTINCT p.root FROM record.patient p JOIN record.resource r ON r.patient_key = p.id AND r.type = 'Patient'
        WHERE r.body LIKE '%"400"%' OR r.body LIKE '%"401"%'`,
    );
    expect(rows).toHaveLength(2);
    expect(
      (await flow.request('record', 'POST', `/patients/${together?.patient ?? ''}/unmerge`)).status,
    ).toBe(409);
    expect((await flow.request('record', 'POST', '/patients/nobody/unmerge')).status).toBe(404);
  });

  it('holds up its own patient only when handling it fails: one poison and a thousand others', async () => {
    await flow.rows(
      `CREATE FUNCTION record.refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN IF NEW.body LIKE '%Poison%' THEN RAISE EXCEPTION 'refused' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$`,
    );
    await flow.rows(
      `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON record.resource FOR EACH ROW EXECUTE FUNCTION record.refuse()`,
    );
    const count = async (): Promise<number> =>
      (
        await flow.rows<{ count: number }>(
          `SELECT count(*)::integer AS count FROM record.resource WHERE type = 'Patient'`,
        )
      )[0]?.count ?? 0;
    const before = await count();
    const senders = Array.from({ length: 8 }, () => new MllpSender({ host: '127.0.0.1', port }));
    await sender.send(admission('P1', '9000', { family: 'Poison' }));
    // In one chunk with the next of its patient, it would never be written.
    await flow.settled();
    await sender.send(admission('P2', '9000', { family: 'Antidote' }));
    await Promise.all(
      Array.from({ length: 1000 }, (_, n) =>
        senders[n % senders.length]?.send(admission(`O${String(n)}`, String(10_000 + n))),
      ),
    );
    for (const one of senders) one.close();
    await vi.waitFor(async () => expect(await count()).toBe(before + 1000), {
      timeout: 60_000,
      interval: 200,
    });
    await flow.settled();
    const { body: status } = await flow.request<{ lag: { parked: number }[]; problems: { code: string }[] }>(
      'record',
      'GET',
      '/status',
    );
    expect(status.lag.map(({ parked }) => parked)).toContain(2);
    expect(status.problems).toMatchObject([{ code: 'events-parked' }]);
    const keys = await flow.rows(`SELECT DISTINCT key FROM event_log.parked`);
    expect(keys).toHaveLength(1);
  }, 90_000);

  it('goes on in its order once what held it up is mended and the service starts again', async () => {
    await flow.rows('DROP TRIGGER refuse ON record.resource');
    await flow.restart('record');
    const families = (): Promise<{ family: string }[]> =>
      flow.rows(
        `SELECT body::json #>> '{name,0,family}' AS family FROM (
           SELECT version, body, id FROM record.resource UNION ALL SELECT version, body, id FROM record.resource_history) AS v
          WHERE id IN (SELECT id FROM record.resource WHERE type = 'Patient' AND body LIKE '%Antidote%') ORDER BY version`,
      );
    await vi.waitFor(
      async () => expect(await families()).toEqual([{ family: 'Poison' }, { family: 'Antidote' }]),
      { timeout: 15_000, interval: 100 },
    );
    expect(await flow.rows('SELECT 1 FROM event_log.parked')).toEqual([]);
  });

  it('has everything that it carries in the report of its source, used or not, and no value of its patient', async () => {
    await sender.send(`${admission('Z1', '500', { family: 'Zeldzaam' })}ZBE|geheim|ook geheim\r`);
    await flow.settled();
    const { body } = await flow.request<{
      entries: { kind: string; path: string; used: number; unused: number; examples: string[] }[];
    }>('ingest', 'GET', `/tenants/${hospital}/sources/his/coverage`);
    const [message] = await flow.rows<{ id: string }>(
      `SELECT id FROM ingest.message WHERE control_id = 'Z1'`,
    );
    const extra = body.entries.find(({ path }) => path === 'ZBE' || path.startsWith('ZBE-'));
    expect(extra).toMatchObject({ used: 0, unused: 1, examples: [message?.id] });
    expect(body.entries.find(({ path }) => path === 'PID-5')?.used).toBeGreaterThan(1000);
    expect(JSON.stringify(body)).not.toMatch(/geheim|Zeldzaam|900186021/);
  });

  it('shows in the figures of its source', async () => {
    const metrics = await (await fetch(`${flow.urls.ingest}/metrics`)).text();
    const value = (name: string): number =>
      Number(
        new RegExp(`^samenhang_ingest_${name}\\{[^}]*source="his"[^}]*\\} (\\S+)$`, 'm').exec(metrics)?.[1],
      );
    expect(value('lag_messages')).toBe(0);
    expect(value('lag_seconds')).toBe(0);
    expect(value('source_up')).toBe(1);
    expect(value('quarantine_messages')).toBe(0);
    expect(value('last_message_age_seconds')).toBeGreaterThan(0);
    expect(value('acknowledgement_seconds_count')).toBeGreaterThan(1000);
    expect(value('rejected_total')).toBe(1);
    expect(metrics).not.toContain(BSN);
  });
});
