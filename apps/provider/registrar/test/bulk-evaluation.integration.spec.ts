import { setTimeout as delay } from 'node:timers/promises';
import type { PseudonymEvaluated } from '@samenhang/data-model';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keyOf, RunningRegistrar } from './running-registrar.js';
import { nameOf } from './surroundings.js';

let registrar: RunningRegistrar;
let answered: Set<string>;
beforeEach(async () => {
  registrar = await RunningRegistrar.start();
  answered = new Set();
  await restart();
});
afterEach(() => registrar.stop());

/** Under settings with which a small number is many. */
async function restart(extra: Record<string, string> = {}): Promise<void> {
  await registrar.stopService();
  registrar.extra = {
    BULK_EVALUATION_THRESHOLD: '20',
    BULK_EVALUATION_SIZE: '25',
    BULK_EVALUATION_PAUSE_SECONDS: '1',
    ...extra,
  };
  await registrar.startService();
}

/** Numbers that pass the eleven-test, of the range for tests. */
const bsns = Array.from({ length: 5_000 }, (_, index) => String(999_900_000 + index)).filter(
  (digits) =>
    [...digits].reduce((sum, digit, place) => sum + Number(digit) * (place < 8 ? 9 - place : -1), 0) % 11 ===
    0,
);
const patients = (count: number) =>
  bsns.slice(0, count).map((bsn) => ({ bsn, patient: keyOf(bsn), available: true, revision: 1 }));
const names = (count: number) => bsns.slice(0, count).map((bsn) => nameOf('22222222', 'Condition', bsn));

interface Request {
  readonly requestId: string;
  readonly request: string;
}

async function requests(): Promise<Request[]> {
  const rows = await registrar.query<{ payload: string }>(
    `SELECT payload FROM event_log.event WHERE type = 'pseudonym.evaluation-requested' ORDER BY position`,
  );
  return rows.map(({ payload }) => JSON.parse(payload) as Request);
}

const inputsOf = ({ request }: Request) => decodeJwt<{ blindedInputs: string[] }>(request).blindedInputs;
const requested = async (count: number) => {
  await registrar.until(async () => (await requests()).length >= count);
  return requests();
};

/** With the key 1: what goes in comes out. */
const evaluated = (request: Request): PseudonymEvaluated => ({
  requestId: request.requestId,
  outcome: 'evaluated',
  tokens: inputsOf(request),
});
const refused = ({ requestId }: Request, reason: string): PseudonymEvaluated => ({
  requestId,
  outcome: 'refused',
  tokens: [],
  reason,
});

async function answerNew(): Promise<void> {
  const open = (await requests()).filter(({ requestId }) => !answered.has(requestId));
  for (const { requestId } of open) answered.add(requestId);
  await registrar.answer(...open.map(evaluated));
}

async function answerUntilSettled(rows: number): Promise<void> {
  await registrar.until(async () => {
    await answerNew();
    return (await registrar.status()).counts.registered === rows;
  });
}

const persons = () => [...registrar.around.persons].sort();

describe('an initial load', () => {
  it('is evaluated over the event log, and each patient is registered once', async () => {
    await registrar.publish(...patients(100));
    await answerUntilSettled(100);
    expect(persons()).toEqual(names(100).sort());
    expect(registrar.around.evaluations).toBe(0);
    expect(registrar.around.transactions.reduce((sum, each) => sum + each, 0)).toBe(100);
    for (const request of await requests()) {
      expect(inputsOf(request).length).toBeLessThanOrEqual(25);
      expect(decodeJwt(request.request)).toMatchObject({ iss: 'registrar', organisation: '22222222' });
    }
    expect(await registrar.query('SELECT 1 FROM evaluation')).toEqual([]);
    const ids = await registrar.query('SELECT 1 FROM registration_state WHERE registration_id IS NOT NULL');
    expect(ids).toHaveLength(100);
  });

  it('stays on HTTP when it is small', async () => {
    await registrar.publish(...patients(20));
    await registrar.settled(20);
    expect(await requests()).toEqual([]);
    expect(registrar.around.evaluations).toBeGreaterThan(0);
  });

  it('asks about no more patients than may be outstanding, and about the others when there is room', async () => {
    await restart({ BULK_EVALUATION_OUTSTANDING: '50' });
    await registrar.publish(...patients(150));
    await requested(2);
    await delay(300);
    expect((await requests()).flatMap(inputsOf)).toHaveLength(50);
    await answerUntilSettled(150);
    expect(persons()).toEqual(names(150).sort());
  });

  it('goes on after a restart with what was asked before it, and keeps no blind factor in plain', async () => {
    await registrar.publish(...patients(100));
    const [first, ...others] = await requested(4);
    if (first === undefined) throw new Error('There is no request');
    await registrar.answer(evaluated(first));
    await registrar.until(() => registrar.around.transactions.length > 0);
    await registrar.stopService();
    await registrar.answer(...others.map(evaluated));
    const kept = await registrar.query<{ length: number }>(
      'SELECT length(sealed_factor) AS length FROM evaluation',
    );
    expect(kept).toHaveLength(75);
    // A scalar of 32 bytes under a nonce and a tag.
    for (const { length } of kept) expect(length).toBe(32 + 12 + 16);
    await registrar.startService();
    await registrar.settled(100);
    expect(await requests()).toHaveLength(4);
    expect(persons()).toEqual(names(100).sort());
    expect(registrar.around.transactions.reduce((sum, each) => sum + each, 0)).toBe(100);
  });

  it('is not held up by numbers that cannot be unsealed', async () => {
    await registrar.publish(...patients(50));
    await requested(2);
    await registrar.query(`
      WITH broken AS (UPDATE registration_state SET sealed_bsn = '\\x00')
      DELETE FROM evaluation_request`);
    await registrar.until(
      async () =>
        (await registrar.query(`SELECT 1 FROM registration_state WHERE last_failure = 'internal'`)).length ===
        50,
    );
    await registrar.publish(...patients(51).slice(50));
    await registrar.until(() => persons().length === 1);
    expect(persons()).toEqual(names(51).slice(50));
  });

  it('does not hold up a withdrawal', async () => {
    await registrar.publish(...patients(1));
    await registrar.settled(1);
    await registrar.publish(...patients(61).slice(1));
    await requested(3);
    await registrar.publish({ ...patients(1)[0], available: false, revision: 2 });
    await registrar.until(() => persons().length === 0);
    expect((await registrar.status()).counts.pending).toBe(60);
  });
});

describe('an answer', () => {
  it('that comes too late, twice, or to a request of somebody else changes nothing', async () => {
    await restart({ BULK_EVALUATION_USE_SECONDS: '1' });
    await registrar.publish(...patients(25));
    const [request] = await requested(1);
    if (request === undefined) throw new Error('There is no request');
    await registrar.stopService();
    await registrar.answer(evaluated(request), evaluated({ ...request, requestId: 'of somebody else' }));
    await delay(1_200);
    await registrar.startService();
    const [, again] = await requested(2);
    if (again === undefined) throw new Error('There is no second request');
    expect(registrar.around.transactions).toEqual([]);
    expect(inputsOf(again)).not.toEqual(inputsOf(request));
    await registrar.answer(evaluated(again), evaluated(again), evaluated(request));
    await registrar.settled(25);
    expect(registrar.around.transactions).toEqual([25]);
  });

  it('that was used, without our hearing so, is not used again: others are asked for', async () => {
    registrar.around.losesAnswers = true;
    await registrar.publish(...patients(25));
    await registrar.answer(...(await requested(1)).map(evaluated));
    await registrar.until(() => registrar.around.transactions.length === 1);
    registrar.around.losesAnswers = false;
    await registrar.until(async () => (await registrar.query('SELECT 1 FROM evaluation')).length === 0);
    await registrar.query(`UPDATE registration_state SET next_try = now()`);
    for (const { requestId } of await requests()) answered.add(requestId);
    await answerUntilSettled(25);
    expect(persons()).toEqual(names(25).sort());
  });

  it.each([
    ['for another number of persons', (request: Request) => ({ ...evaluated(request), tokens: ['x'] })],
    ['that this client is not known', (request: Request) => refused(request, 'unknown-client')],
  ])('%s leads to HTTP', async (_name, toAnswer) => {
    await registrar.publish(...patients(25));
    await registrar.answer(...(await requested(1)).map(toAnswer));
    await registrar.settled(25);
    expect(registrar.around.evaluations).toBeGreaterThan(0);
    expect(persons()).toEqual(names(25).sort());
  });

  it('that never comes leads to HTTP after a while', async () => {
    await restart({ BULK_EVALUATION_TIMEOUT_SECONDS: '1' });
    await registrar.publish(...patients(25));
    await registrar.settled(25);
    const [request] = await requests();
    expect(decodeJwt(request?.request ?? '')).toMatchObject({ exp: expect.any(Number) as number });
    expect(persons()).toEqual(names(25).sort());
  });

  it('that a quota is used up makes its care provider wait, longer each time, and nobody else', async () => {
    await registrar.publish(...patients(25));
    await registrar.answer(...(await requested(1)).map((request) => refused(request, 'quota')));
    const pauses = () =>
      registrar.query<{ seconds: number }>(
        `SELECT pause_seconds AS seconds FROM evaluation_request WHERE refusal = 'quota' ORDER BY asked_at`,
      );
    await registrar.until(async () => (await pauses()).length === 1);
    const [bsn = ''] = bsns;
    await registrar.publish({
      bsn,
      patient: keyOf(bsn, '44444444'),
      tenant: '44444444',
      available: true,
      revision: 1,
    });
    await registrar.until(() => persons().length === 1);
    const claims = { scope: 'registrations:read', organization_ura: '22222222' };
    const status = (await (await registrar.request('/registrations/status', claims)).json()) as object;
    expect(status).toMatchObject({
      failing: [{ reason: 'Evaluations over the event log: quota', count: 25 }],
    });
    expect(registrar.around.evaluations).toBe(1);

    const [, second] = await requested(2);
    if (second === undefined) throw new Error('There is no second request');
    await registrar.answer(refused(second, 'quota'));
    await registrar.until(async () => (await pauses()).length === 2);
    expect((await pauses()).map(({ seconds }) => seconds)).toEqual([1, 2]);
    const [, , third] = await requested(3);
    if (third === undefined) throw new Error('There is no third request');
    await registrar.answer(evaluated(third));
    await registrar.settled(26);
  });
});

describe('an index that is away', () => {
  it('keeps evaluations for as long as they are good, and has no others made meanwhile', async () => {
    registrar.around.indexStatus = 503;
    await registrar.publish(...patients(50));
    await registrar.answer(...(await requested(2)).map(evaluated));
    await registrar.until(async () => {
      const rows = await registrar.query('SELECT 1 FROM registration_state WHERE last_failure IS NOT NULL');
      return rows.length === 50;
    });
    registrar.around.indexStatus = undefined;
    await registrar.settled(50);
    expect(await requests()).toHaveLength(2);
    expect(registrar.around.evaluations).toBe(0);
    expect(persons()).toEqual(names(50).sort());
  });
});
