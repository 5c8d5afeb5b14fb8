import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { createTestDatabase, freePort, TokenIssuer, type TestDatabase } from '@samenhang/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MllpSender } from '../src/index.js';
import { FlowProcesses } from './flow-processes.js';
import { hospital, writeSecrets } from './running-flow.js';

const SENDERS = 20;
const PATIENTS = 200;
const MESSAGES_EACH = 50;
const KILLS = 4;
const TIMEOUT_MS = 180_000;

/** Each message of a patient differs from the one before, so that each leaves a version: the street counts them. */
function update(patient: number, sequence: number): string {
  return [
    `MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ADT^A08^ADT_A01|${String(patient)}-${String(sequence)}|P|2.5|||||NLD|UNICODE UTF-8`,
    'EVN|A08|20261121080000',
    `PID|1||${String(patient)}^^^HOSPITAL^PI||Jansen^Piet||19700101|M|||Straat ${String(sequence)}&Straat&${String(sequence)}^^Utrecht^^1234AB^NL^H`,
    'PV1|1|N',
    '',
  ].join('\r');
}

describe('10,000 messages over MLLP while services are killed again and again', () => {
  let database: TestDatabase;
  let issuer: TokenIssuer;
  let sql: pg.Pool;
  let secrets: string;
  let processes: FlowProcesses;
  let port: number;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateEventLog(database.url);
    issuer = await TokenIssuer.start();
    sql = new pg.Pool({ connectionString: database.url, max: 2 });
    secrets = writeSecrets();
    const ports = { ingest: await freePort(), normalise: await freePort(), record: await freePort() };
    const variables = {
      DATABASE_URL: database.url,
      SECRETS_DIR: secrets,
      AUTHORISATION_SERVER_URL: issuer.url,
      LISTEN_PORTS: '1-65535',
      TENANTS: `${hospital}:V4`,
      LOG_LEVEL: 'silent',
    };
    processes = new FlowProcesses(variables, ports);
    await processes.startAll();
    port = await freePort();
    await declare(`http://127.0.0.1:${String(ports.ingest)}/tenants/${hospital}/sources/his`);
  }, TIMEOUT_MS);

  afterAll(async () => {
    await processes.killAll();
    await sql.end();
    await issuer.close();
    await database.drop();
    rmSync(secrets, { recursive: true, force: true });
  });

  async function declare(url: string): Promise<void> {
    const settings = {
      localIdentifierSystem: 'https://hospital.example/patient',
      timeZone: 'Europe/Amsterdam',
      defaultCharset: 'UNICODE UTF-8',
    };
    const mllp = { host: '127.0.0.1', port };
    const body = JSON.stringify({ kind: 'mllp', displayName: 'Hospital', settings, mllp });
    const claims = { scope: 'ingest:admin', organization_ura: hospital };
    const headers = { 'content-type': 'application/json' };
    const response = await issuer.fetch(url, claims, { method: 'PUT', headers, body });
    expect(response.status).toBe(201);
  }

  const rows = async <Row>(text: string): Promise<Row[]> => (await sql.query(text)).rows as Row[];

  /** One system that sends for its patients, in turn: a message at a time, again until it is acknowledged. */
  async function send(first: number): Promise<number> {
    const sender = new MllpSender({
      host: '127.0.0.1',
      port,
      patienceMs: TIMEOUT_MS,
      answerTimeoutMs: 5_000,
    });
    let acknowledged = 0;
    for (let sequence = 1; sequence <= MESSAGES_EACH; sequence += 1) {
      for (let patient = first; patient < PATIENTS; patient += SENDERS) {
        const { code } = await sender.send(update(patient, sequence));
        if (code === 'AA') acknowledged += 1;
      }
    }
    sender.close();
    return acknowledged;
  }

  /** ingest each time, and any of the others with it. */
  async function killRepeatedly(isDone: () => boolean): Promise<number> {
    let kills = 0;
    for (; kills < KILLS && !isDone(); kills += 1) {
      await delay(100 + Math.random() * 900);
      const victims = processes.names.filter((name) => name === 'ingest' || Math.random() < 0.4);
      await Promise.all(victims.map((name) => processes.kill(name)));
      await Promise.all(victims.map((name) => processes.start(name)));
    }
    return kills;
  }

  it(
    'has every acknowledged message exactly once, in order per patient',
    async () => {
      let done = false;
      const sending = Promise.all(Array.from({ length: SENDERS }, (_, first) => send(first))).finally(
        () => (done = true),
      );
      expect(await killRepeatedly(() => done)).toBe(KILLS);
      const acknowledged = (await sending).reduce((sum, count) => sum + count, 0);
      expect(acknowledged).toBe(PATIENTS * MESSAGES_EACH);

      const [stored] = await rows<{ messages: number; distinct: number; events: number }>(
        `SELECT count(*)::integer AS messages, count(DISTINCT control_id)::integer AS distinct FROM ingest.message`,
      );
      expect(stored).toEqual({ messages: acknowledged, distinct: acknowledged });
      const [disorder] = await rows<{ count: number }>(
        `SELECT count(*)::integer AS count FROM (
           SELECT split_part(control_id, '-', 2)::integer AS sequence,
                  row_number() OVER (PARTITION BY split_part(control_id, '-', 1) ORDER BY position) AS place
             FROM ingest.message) AS m WHERE sequence <> place`,
      );
      expect(disorder?.count).toBe(0);

      await vi.waitFor(
        async () => {
          const [last] = await rows<{ count: number }>(
            `SELECT count(*)::integer AS count FROM record.resource WHERE type = 'Patient' AND version >= ${String(MESSAGES_EACH)}`,
          );
          expect(last?.count).toBe(PATIENTS);
        },
        { timeout: 60_000, interval: 200 },
      );
      const versions = await rows<{ id: string; versions: number[]; streets: number[] }>(
        `SELECT id, array_agg(version ORDER BY version) AS versions,
                array_agg(substring(body FROM '"Straat ([0-9]+)')::integer ORDER BY version) AS streets
           FROM (SELECT id, version, body FROM record.resource WHERE type = 'Patient'
                 UNION ALL SELECT id, version, body FROM record.resource_history WHERE type = 'Patient') AS v GROUP BY id`,
      );
      const inOrder = Array.from({ length: MESSAGES_EACH }, (_, index) => index + 1);
      expect(versions).toHaveLength(PATIENTS);
      for (const one of versions) expect([one.versions, one.streets]).toEqual([inOrder, inOrder]);
      expect(await rows('SELECT 1 FROM event_log.parked')).toEqual([]);
      expect(await rows('SELECT 1 FROM ingest.quarantine')).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
