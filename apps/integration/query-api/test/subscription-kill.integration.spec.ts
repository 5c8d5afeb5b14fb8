import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { generalPractitioner } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { StandInSubscriber } from './stand-in-subscriber.js';
import { hospital, publishChange, subscriptionTo } from './subscribing.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const patience = { timeout: 120_000, interval: 20 };
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const CHANGES = 20;

let api: RunningQueryApi;
let subscriber: StandInSubscriber;
let child: ChildProcess | undefined;

beforeAll(async () => {
  api = await RunningQueryApi.start({ SUBSCRIBER_SERVERS: '127.0.0.1' });
  api.platform.providers = [
    { ura: hospital, name: 'Hospital', address: 'http://holder.example/fhir', categories: ['Condition'] },
  ];
  subscriber = await StandInSubscriber.start();
  await api.stopService();
});
afterAll(async () => {
  await killed();
  await subscriber?.close();
  await api?.stop();
});

async function started(): Promise<void> {
  child = spawn(process.execPath, [main], { stdio: 'ignore', env: { ...process.env, ...api.variables } });
  await vi.waitFor(async () => expect((await fetch(`${api.url}/health/ready`)).ok).toBe(true), patience);
}

/** SIGKILL: no warning, no farewell. */
async function killed(): Promise<void> {
  const ending = child;
  if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
  const gone = new Promise((resolve) => ending.once('exit', resolve));
  ending.kill('SIGKILL');
  await gone;
}

describe('a subscriber of a service that is killed again and again', () => {
  it('is told of every change, by a number without gaps that always means the same', async () => {
    await started();
    const body = subscriptionTo({ channel: { type: 'rest-hook', endpoint: subscriber.url } });
    const response = await api.platform.call(`${api.url}/fhir/Subscription`, generalPractitioner, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json' },
      body,
    });
    expect(response.status).toBe(201);
    await vi.waitFor(() => expect(subscriber.told.at(0)?.type).toBe('handshake'), patience);
    for (let change = 0; change < CHANGES; change += 1) {
      await publishChange(api.database.url, [['Condition', `c${change}`]]);
      if (change % 10 !== 9) continue;
      // Whatever it is doing: taking events, judging them, or telling.
      await vi.waitFor(() => expect(subscriber.numbers.length).toBeGreaterThan(change - 9), patience);
      await killed();
      await started();
    }
    await vi.waitFor(() => expect(new Set(subscriber.numbers).size).toBe(CHANGES), patience);
    expect([...new Set(subscriber.numbers)].sort((one, other) => one - other)).toEqual(
      Array.from({ length: CHANGES }, (_, index) => index + 1),
    );
    const told = subscriber.told.flatMap(({ events }) =>
      events.map(({ number, focus }) => `${number} ${focus}`),
    );
    expect(new Set(told).size).toBe(CHANGES);
    const focuses = new Set(subscriber.told.flatMap(({ events }) => events.map(({ focus }) => focus)));
    expect(focuses.size).toBe(CHANGES);
  });
});
