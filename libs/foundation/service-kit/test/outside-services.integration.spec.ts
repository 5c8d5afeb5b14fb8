import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { freePort } from '@samenhang/testing';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  runService,
  ServiceEnvironment,
  STATUS_PROBLEMS,
  type OutsideState,
  type RunningService,
  type StatusProblem,
} from '../src/index.js';

let own: readonly StatusProblem[] = [];

@Module({
  providers: [
    {
      // As any service asks for the address of another.
      provide: 'index-url',
      useFactory: (environment: ServiceEnvironment) => environment.serviceUrl('reference-index'),
      inject: [ServiceEnvironment],
    },
    { provide: STATUS_PROBLEMS, useValue: () => Promise.resolve(own) },
  ],
})
class AskingModule {}

const answering = { status: 200, isSilent: false };
let asked: Server | undefined;
let port: number;
let service: RunningService;
const dispatcher = new Agent();

async function startIndex(): Promise<void> {
  const server = createServer((_request, response) => {
    if (!answering.isSilent) response.writeHead(answering.status).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  asked = server;
}

async function stopIndex(): Promise<void> {
  const server = asked;
  asked = undefined;
  if (server === undefined) return;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

beforeAll(async () => {
  port = await freePort();
  await startIndex();
  const definition = { name: 'asking', title: 'Asking', portOffset: 91, module: AskingModule };
  service = await runService(definition, {
    PORT: String(await freePort()),
    LOG_LEVEL: 'silent',
    REFERENCE_INDEX_URL: `http://127.0.0.1:${port}/nvi`,
  });
});
afterAll(async () => {
  await service.close();
  await stopIndex();
  await dispatcher.close();
});
beforeEach(async () => {
  own = [];
  Object.assign(answering, { status: 200, isSilent: false });
  if (asked === undefined) await startIndex();
  await until(async () => {
    await clients.fetch();
    return (await status()).outside[0]?.state === 'answers';
  });
});

const address = () => `http://127.0.0.1:${port}/nvi/fhir/List?subject=999990007`;
const clients = {
  fetch: async (signal?: AbortSignal) =>
    void (await (await fetch(address(), signal === undefined ? {} : { signal })).text()),
  'fetch of undici': async () => void (await (await undiciFetch(address(), { dispatcher })).text()),
  'request of undici': async () => void (await (await request(address())).body.text()),
};

async function status(): Promise<{ outside: OutsideState[]; problems: StatusProblem[] }> {
  return (await (await fetch(`${service.url}/status`)).json()) as {
    outside: OutsideState[];
    problems: StatusProblem[];
  };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(20))
    if (await holds().catch(() => false)) return;
  throw new Error('It did not happen');
}

const askThrice = async (ask: () => Promise<void>): Promise<void> => {
  for (let time = 0; time < 3; time += 1) await ask().catch(() => {});
};

describe('a service that another one asks', () => {
  it.each(Object.entries(clients))('is down, is told to be, and comes back, by %s', async (_name, ask) => {
    await stopIndex();
    await askThrice(() => ask());
    const { outside, problems } = await status();
    expect(outside).toMatchObject([{ name: 'reference-index', state: 'failing' }]);
    expect(outside[0]?.lastAnswer).toBeDefined();
    expect(problems).toMatchObject([{ code: 'outside-failing', outside: 'reference-index' }]);
    expect(Date.parse(problems[0]?.since ?? '')).toBeLessThanOrEqual(Date.now());
    expect(JSON.stringify({ outside, problems })).not.toMatch(/999990007|subject|127\.0\.0\.1/);
    const ready = await fetch(`${service.url}/health/ready`);
    expect([ready.status, ((await ready.json()) as { problems: unknown }).problems]).toEqual([200, problems]);
    await startIndex();
    await until(async () => {
      await ask();
      return (await status()).problems.length === 0;
    });
    expect((await status()).outside).toMatchObject([{ name: 'reference-index', state: 'answers' }]);
  });

  it('fails by its status, and does not by refusing', async () => {
    answering.status = 503;
    await askThrice(() => clients.fetch());
    expect((await status()).outside).toMatchObject([{ state: 'failing', reason: 'status 503' }]);
    answering.status = 403;
    await clients.fetch();
    expect((await status()).outside).toMatchObject([{ state: 'answers' }]);
  });

  it('fails by silence, and does not when who asked goes away', async () => {
    answering.isSilent = true;
    await askThrice(async () => {
      const leaving = new AbortController();
      const asking = clients.fetch(leaving.signal);
      leaving.abort();
      await asking;
    });
    expect((await status()).problems).toEqual([]);
    await until(async () => {
      await clients.fetch(AbortSignal.timeout(100)).catch(() => {});
      const [index] = (await status()).outside;
      return index?.state === 'failing' && index.reason === 'timeout';
    });
  });

  it('is not told twice when the service itself says what follows from it', async () => {
    own = [{ code: 'consent-unreachable', text: 'All is refused', outside: 'reference-index' }];
    answering.status = 500;
    await askThrice(() => clients.fetch());
    expect((await status()).problems).toEqual(own);
  });
});
