import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../../../tools/postgres/postgres.mjs';
import { adt, MllpSender } from './mllp-sender.js';
import { RunningIngest } from './running-ingest.js';

describe('while the database is in trouble', () => {
  const directory = mkdtempSync('/var/tmp/samenhang-outage-');
  let postgres: Awaited<ReturnType<typeof startPostgres>>;
  let ingest: RunningIngest;
  let port: number;
  let databasePort: number;

  const start = (): ReturnType<typeof startPostgres> =>
    startPostgres({ dataDirectory: join(directory, 'postgres'), port: databasePort });

  beforeAll(async () => {
    chmodSync(directory, 0o711);
    databasePort = await freePort();
    postgres = await start();
    ingest = await RunningIngest.start({ url: postgres.url, drop: () => Promise.resolve() });
    port = await freePort();
    const mllp = { host: '127.0.0.1', port };
    expect((await ingest.declare('his', { kind: 'mllp', mllp })).status).toBe(201);
  });
  afterAll(async () => {
    await ingest.stop();
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  async function answerTo(controlId: string, msh = ''): Promise<{ code?: string; condition?: string }> {
    const sender = await MllpSender.connect(port);
    const answer = await sender.send(adt(controlId, { msh }));
    sender.close();
    const code = answer.segment('MSA')?.field(1).text;
    const condition = answer.segment('ERR')?.field(3).text;
    return { ...(code === undefined ? {} : { code }), ...(condition === undefined ? {} : { condition }) };
  }

  /** A sender as the standard wants it: the same message again until it is accepted. */
  async function sendUntilAccepted(controlId: string): Promise<string[]> {
    const codes: string[] = [];
    for (let attempt = 0; attempt < 60 && codes.at(-1) !== 'AA'; attempt++) {
      if (attempt > 0) await wait(250);
      codes.push((await answerTo(controlId)).code ?? 'none');
    }
    return codes;
  }

  const storedTimes = async (controlId: string): Promise<number> =>
    (await ingest.query('SELECT 1 FROM ingest.message WHERE control_id = $1', [controlId])).length;

  it('says AE and CE on a full disk, and stores once when there is room again', async () => {
    await ingest.query(`
      CREATE FUNCTION ingest.full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$`);
    for (const table of ['ingest.message', 'event_log.event']) {
      await ingest.query(
        `CREATE TRIGGER full_disk BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ingest.full_disk()`,
      );
      expect(await answerTo(`FULL-${table}`)).toEqual({ code: 'AE', condition: '207' });
      expect(await answerTo(`FULL-E-${table}`, '|||AL|NE')).toEqual({ code: 'CE', condition: '207' });
      await ingest.query(`DROP TRIGGER full_disk ON ${table}`);
      expect(await storedTimes(`FULL-${table}`)).toBe(0);
      expect(await answerTo(`FULL-${table}`)).toEqual({ code: 'AA' });
      expect(await storedTimes(`FULL-${table}`)).toBe(1);
    }
  });

  it('says AE while PostgreSQL is stopped, never AA, and takes all when it is back', async () => {
    expect(await answerTo('BEFORE')).toEqual({ code: 'AA' });
    await postgres.stop();
    for (const id of ['STOPPED-1', 'STOPPED-2']) expect((await answerTo(id)).code).toBe('AE');
    postgres = await start();
    for (const id of ['STOPPED-1', 'STOPPED-2']) {
      expect((await sendUntilAccepted(id)).at(-1)).toBe('AA');
      expect(await storedTimes(id)).toBe(1);
    }
    expect(await storedTimes('BEFORE')).toBe(1);
  });
});
