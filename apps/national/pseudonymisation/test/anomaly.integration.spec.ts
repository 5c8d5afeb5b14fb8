import { poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import { blind, encodeBase64Url } from '@samenhang/oprf';
import { createDataSource, inTransaction } from '@samenhang/persistence';
import pg from 'pg';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AnomalyWatch } from '../src/anomaly/anomaly-watch.js';
import { countActs, type CallerAct } from '../src/anomaly/caller-activity.js';
import { PseudonymisationConfiguration } from '../src/pseudonymisation.configuration.js';
import { nvi, startPseudonymisation, type RunningPseudonymisation } from './running-service.js';

const caller = { organisation: '22222222', clientId: 'registrar', recipient: 'index' };

let service: RunningPseudonymisation;
let dataSource: DataSource;
let pool: pg.Pool;
let now: Date;
let lines: string[];
let metrics: Registry;
let watch: AnomalyWatch;
beforeAll(async () => {
  service = await startPseudonymisation();
  dataSource = await createDataSource({
    url: service.databaseUrl,
    schema: 'pseudonymisation',
    migrations: [],
    entities: [],
    poolSize: 2,
    onPoolError: () => undefined,
  });
  pool = new pg.Pool({ connectionString: service.databaseUrl });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
});
afterAll(async () => {
  await dataSource.destroy();
  await pool.end();
  await service.stop();
});
beforeEach(async () => {
  await service.query('TRUNCATE caller_activity, raised_anomaly, event_log.event');
  lines = [];
  metrics = new Registry();
  watch = new AnomalyWatch(
    dataSource,
    new PseudonymisationConfiguration(),
    new PostgresEventLog({ producer: 'pseudonymisation', ...poolDatabase(pool) }),
    pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
    metrics,
    () => now,
  );
});

const act = (points: number, changes: Partial<CallerAct> = {}): CallerAct => ({
  ...caller,
  points,
  isRefused: false,
  ...changes,
});
const at = (day: number, hour: number, minute = 0): Date => new Date(Date.UTC(2026, 10, day, hour, minute));
const count = (acts: readonly CallerAct[], when: Date) =>
  inTransaction(dataSource, (transaction) => countActs(transaction, acts, when));

/** Two weeks of office hours: 40 points a minute for ten minutes of each hour. */
async function aPast(): Promise<void> {
  for (let day = 1; day <= 14; day += 1)
    for (let hour = 8; hour < 16; hour += 1)
      for (const minute of [0, 30]) await count([act(20), act(20)], at(day, hour, minute));
}

describe('a caller that does what it never did before', () => {
  it('is told of by a metric, a warning and an audit event, once an hour', async () => {
    await aPast();
    await count([act(1_500), act(9_000, { recipient: 'research' })], at(15, 10, 5));
    now = at(15, 10, 6);
    const raised = await watch.look();
    expect(raised.map(({ kind }) => kind).sort()).toEqual(['burst', 'new-recipient', 'rate']);
    expect(raised.find(({ kind }) => kind === 'rate')).toMatchObject({ observed: 10_500, usual: 80 });
    expect(await metrics.metrics()).toContain('samenhang_evaluation_anomalies_total{kind="rate"} 1');
    expect(lines).toHaveLength(3);
    expect(lines.join()).toContain('"organisation":"22222222"');
    const trail = await service.query<{ payload: string }>(
      `SELECT payload FROM event_log.event WHERE type = 'audit.recorded'`,
    );
    expect(trail.map(({ payload }) => payload).join()).toContain('evaluation-anomaly:burst');
    expect(trail[0]?.payload).toContain('110113');

    now = at(15, 10, 30);
    expect(await watch.look()).toEqual([]);
    await count([act(12_000)], at(15, 11, 0));
    now = at(15, 11, 1);
    expect((await watch.look()).map(({ kind }) => kind)).toContain('rate');
  });

  it('is found in the last minute of an hour as well, and two instances tell of it once', async () => {
    await aPast();
    await count([act(12_000)], at(15, 10, 59));
    now = at(15, 11, 0);
    const both = await Promise.all([watch.look(), watch.look()]);
    expect(both.flat().filter(({ kind }) => kind === 'rate')).toHaveLength(1);
  });

  it('may work as it always did', async () => {
    await aPast();
    await count([act(40)], at(15, 10, 0));
    now = at(15, 10, 1);
    expect(await watch.look()).toEqual([]);
  });

  it('is told of when it works at night, or is refused often', async () => {
    await aPast();
    const refused = Array.from({ length: 20 }, () => act(60, { isRefused: true }));
    await count(refused, at(15, 2, 0));
    now = at(15, 2, 1);
    expect((await watch.look()).map(({ kind }) => kind)).toEqual(['burst', 'off-hours', 'refusals']);
  });
});

describe('what is counted', () => {
  it('is the busiest minute, per hour', async () => {
    await count([act(10)], at(15, 10, 1));
    await count([act(30), act(20)], at(15, 10, 2));
    await count([act(5)], at(15, 10, 3));
    const [row] = await service.query('SELECT requests, points, peak FROM caller_activity');
    expect(row).toMatchObject({ requests: 4, points: 65, peak: 50 });
  });

  it('is every request over HTTP, refused or not', async () => {
    const evaluate = (clientId: string) =>
      service.issuer.fetch(
        `${service.url}/oprf/eval`,
        { client_id: clientId, organization_ura: '22222222', scope: 'prs:evaluate' },
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            encryptedPersonalId: encodeBase64Url(blind(Buffer.from('x')).blindedElement),
            recipientOrganization: nvi.organisation,
            recipientScope: nvi.scope,
          }),
        },
      );
    expect((await evaluate('registrar')).status).toBe(200);
    expect((await evaluate('reference-index')).status).toBe(403);
    const rows = await service.query(
      'SELECT client_id, requests, refused, points FROM caller_activity ORDER BY client_id',
    );
    expect(rows).toEqual([
      { client_id: 'reference-index', requests: 1, refused: 1, points: 1 },
      { client_id: 'registrar', requests: 1, refused: 0, points: 1 },
    ]);
  });

  it('is forgotten when it is older than the history', async () => {
    await count([act(10)], new Date(Date.UTC(2026, 8, 1)));
    now = at(15, 10, 0);
    await watch.look();
    expect(await service.query('SELECT 1 FROM caller_activity')).toEqual([]);
  });
});
