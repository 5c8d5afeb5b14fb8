import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request as plainRequest, type Dispatcher } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generalPractitioner } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, holding, patient, StandInHolder } from './stand-in-holder.js';

const PATIENCE_MS = 1_200_000;
const folder = fileURLToPath(new URL('../../../../tools/schemathesis/', import.meta.url));
const program = `${folder}.venv/bin/schemathesis`;
const run = promisify(execFile);

/** Installed once; without Python or PyPI there is nothing to run. */
function isThere(): boolean {
  if (existsSync(program)) return true;
  try {
    execFileSync('python3', ['-m', 'venv', `${folder}.venv`], { stdio: 'ignore', timeout: 60_000 });
    const install = ['install', '--quiet', '--retries', '1', '-r', `${folder}requirements.txt`];
    execFileSync(`${folder}.venv/bin/pip`, install, { stdio: 'ignore', timeout: 180_000 });
    return existsSync(program);
  } catch {
    return false;
  }
}

let api: RunningQueryApi;
let holder: StandInHolder;
let front: Server;

/** Schemathesis knows no DPoP: this gives each of its requests a token with a proof. */
async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const type = request.headers['content-type'];
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
  const method = request.method ?? 'GET';
  const url = `${api.url}${request.url ?? '/'}`;
  if (method !== 'GET' && method !== 'POST' && method !== 'DELETE') {
    // Methods that `fetch` does not know, TRACE among them, reach the service too.
    const {
      statusCode,
      body,
      headers: given,
    } = await plainRequest(url, {
      method: method as Dispatcher.HttpMethod,
      headers,
    });
    response.writeHead(statusCode, { 'content-type': String(given['content-type'] ?? 'text/plain') });
    return void response.end(await body.text());
  }
  const sent = method === 'GET' || parts.length === 0 ? {} : { body: Buffer.concat(parts).toString('utf8') };
  const answer = await api.platform.call(url, generalPractitioner, { method, headers, ...sent });
  const answered = answer.headers.get('content-type');
  response.writeHead(answer.status, answered === null ? {} : { 'content-type': answered });
  response.end(await answer.text());
}

describe.skipIf(!isThere())('Schemathesis (Python and PyPI needed)', () => {
  beforeAll(async () => {
    api = await RunningQueryApi.start();
    // It knows whoever is asked for: a number that passes the eleven-test is made up now and then.
    holder = await StandInHolder.start((request, reply, base) => {
      const [, bsn = bsnA] = request.form.get('identifier')?.split('|') ?? [];
      return holding(patient('h', bsn), allergy('a', 'h'))(request, reply, base);
    });
    api.platform.providers = [
      {
        ura: '22222222',
        name: 'Hospital',
        address: holder.base,
        categories: ['Patient', 'AllergyIntolerance'],
      },
    ];
    front = createServer((request, response) => {
      pass(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    front?.closeAllConnections();
    front?.close();
    await holder?.close();
    await api?.stop();
  });

  it(
    'finds no answer that fails, or that the OpenAPI document does not describe',
    async () => {
      const base = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
      const checks = 'not_a_server_error,content_type_conformance,response_schema_conformance';
      const settings = [
        '--checks',
        checks,
        '--phases',
        'coverage,fuzzing',
        '--max-examples',
        '3',
        '--seed',
        '1',
      ];
      const { stdout } = await run(
        program,
        ['run', `${base}/openapi.json`, '--url', base, '--no-color', ...settings],
        { cwd: folder, timeout: PATIENCE_MS, maxBuffer: 64 * 1024 * 1024 },
      ).catch((failure: { stdout?: string }) => ({ stdout: `FAILED ${failure.stdout ?? ''}` }));
      expect(stdout, stdout).not.toContain('FAILED');
      expect(stdout).toMatch(/Tested: [1-9]\d+/);
    },
    PATIENCE_MS,
  );
});
