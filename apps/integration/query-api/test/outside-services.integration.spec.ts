import { createServer } from 'node:http';
import type { OutsideState, StatusProblem } from '@samenhang/service-kit';
import { freePort } from '@samenhang/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generalPractitioner as claims } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { bsnA } from './stand-in-holder.js';

let port: number;
let api: RunningQueryApi;
const index = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: [] }));
});

beforeAll(async () => {
  port = await freePort();
  api = await RunningQueryApi.start({ REFERENCE_INDEX_URL: `http://127.0.0.1:${port}` });
});
afterAll(async () => {
  await api.stop();
  index.closeAllConnections();
  await new Promise((resolve) => index.close(resolve));
});

async function askView(): Promise<number> {
  const valueIdentifier = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsnA };
  const body = { resourceType: 'Parameters', parameter: [{ name: 'patient', valueIdentifier }] };
  const answer = await api.platform.call(`${api.url}/fhir/Patient/$everything`, claims, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify(body),
  });
  await answer.text();
  return answer.status;
}

async function status(): Promise<{ states: object; problems: StatusProblem[] }> {
  const { outside, problems } = (await (await fetch(`${api.url}/status`)).json()) as {
    outside: OutsideState[];
    problems: StatusProblem[];
  };
  return { states: Object.fromEntries(outside.map(({ name, state }) => [name, state])), problems };
}

describe('a reference index that is away', () => {
  it('is told to the operator while the others answer, until it is back', async () => {
    for (let time = 0; time < 3; time += 1) expect(await askView()).toBeGreaterThanOrEqual(500);
    const away = await status();
    expect(away.states).toMatchObject({
      'reference-index': 'failing',
      pseudonymisation: 'answers',
      'authorisation-server': 'answers',
    });
    expect(away.problems).toMatchObject([
      {
        code: 'outside-failing',
        outside: 'reference-index',
        text: expect.stringContaining('ECONNREFUSED') as string,
      },
    ]);
    expect(JSON.stringify(away)).not.toContain(bsnA);
    await new Promise<void>((resolve) => index.listen(port, '127.0.0.1', resolve));
    expect(await askView()).toBe(200);
    const back = await status();
    expect(back.states).toMatchObject({ 'reference-index': 'answers' });
    expect(back.problems).toEqual([]);
  });
});
