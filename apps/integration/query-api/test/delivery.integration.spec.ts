import { viewUrls, type FhirResource } from '@samenhang/data-model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, holdingWhole, patient, StandInHolder } from './stand-in-holder.js';

interface Line {
  readonly event: string;
  readonly status?: string;
  readonly answered?: number;
  readonly of?: number;
  readonly custodian?: { value: string };
  readonly entry?: { resource: FhirResource }[];
  readonly bundle?: Bundle;
  readonly outcome?: FhirResource;
}
interface Bundle extends FhirResource {
  readonly total?: number;
  readonly entry: { fullUrl: string; resource: FhirResource; search: { mode: string } }[];
}

const WAIT = { timeout: 60_000 };
const holds = (id: string): ReturnType<typeof holdingWhole> => holdingWhole([patient(id), allergy('a', id)]);

let api: RunningQueryApi;
let open: StandInHolder[];
/** Whether the second holder answers; how many of its callers hung up. */
let second: 'answers' | 'fails' | 'hangs';
let hungUp: number;
let release: () => void;

async function start(variables: Record<string, string> = {}): Promise<void> {
  api = await RunningQueryApi.start({ SOURCE_DEADLINE_MS: '60000', VIEW_BUDGET_MS: '60000', ...variables });
  const answer = holds('h');
  const released = new Promise<void>((resolve) => (release = resolve));
  open = [
    await StandInHolder.startWhole(holds('g')),
    await StandInHolder.startWhole(async (request, reply, base) => {
      if (second === 'fails') return reply.code(500).send('{}');
      if (second === 'hangs') {
        reply.raw.once('close', () => (hungUp += 1));
        await released;
      }
      return answer(request, reply, base);
    }),
  ];
  api.platform.providers = open.map(({ base }, index) => ({
    ura: `${index + 1}`.repeat(8),
    name: `Holder ${index}`,
    address: base,
    categories: ['Patient', 'AllergyIntolerance'],
  }));
}

beforeEach(() => {
  second = 'answers';
  hungUp = 0;
});
afterEach(async () => {
  release();
  await Promise.all(open.map((one) => one.close()));
  await api.stop();
});

function ask(
  beside: readonly object[] = [],
  {
    accept = 'application/fhir+json',
    signal,
    changes = {},
  }: { accept?: string; signal?: AbortSignal; changes?: object } = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/fhir+json', accept };
  const body = asking(bsnA, ...beside);
  return api.platform.call(
    `${api.url}/fhir/Patient/$everything`,
    { ...generalPractitioner, ...changes },
    { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) },
  );
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
const idsOf = ({ entry }: Bundle): string[] =>
  entry.filter(({ search: { mode } }) => mode === 'match').map(({ fullUrl }) => fullUrl);
const retryOf = ({ entry }: Bundle): string | undefined => {
  const extensions = entry.at(-1)?.resource['extension'] as { url: string; valueString?: string }[];
  return extensions.find(({ url }) => url === viewUrls.retryToken)?.valueString;
};

describe('a view as it comes', () => {
  it('gives each source when it answers, and the merged whole at the end', async () => {
    await start();
    second = 'hangs';
    const response = await ask([], { accept: 'application/x-ndjson' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    let text = '';
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    while (linesOf(text.slice(0, text.lastIndexOf('\n') + 1)).length < 2)
      text += (await reader?.read())?.value ?? '';
    const [begin, first] = linesOf(text);
    expect(begin).toEqual({ event: 'start', answered: 0, of: 2 });
    expect(first).toMatchObject({
      event: 'source',
      custodian: { value: '11111111' },
      status: 'ok',
      answered: 1,
    });
    expect(first?.entry?.map(({ resource }) => resource.id)).toEqual(['g', 'a']);
    release();
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      text += part.value;
    const lines = linesOf(text);
    expect(lines.map(({ event }) => event)).toEqual(['start', 'source', 'source', 'view']);
    second = 'answers';
    const plain = (await (await ask()).json()) as Bundle;
    expect(idsOf(lines[3]?.bundle as Bundle)).toEqual(idsOf(plain));
  });

  it('is refused by its status before it begins, and tells at its end that there is no view', async () => {
    await start();
    const accept = 'application/x-ndjson';
    expect((await ask([], { accept, changes: { user_role: '99.999' } })).status).toBe(403);
    await Promise.all(open.map((one) => one.close()));
    const lines = linesOf(await (await ask([], { accept })).text());
    expect(lines.map(({ event, status }) => status ?? event)).toEqual([
      'start',
      'unreachable',
      'unreachable',
      'failure',
    ]);
    expect(lines[3]?.outcome?.resourceType).toBe('OperationOutcome');
  });
});

describe('asking again', () => {
  it('asks only the sources that were missing, and gives the whole', async () => {
    await start();
    second = 'fails';
    const partial = (await (await ask()).json()) as Bundle;
    expect(partial.total).toBeUndefined();
    second = 'answers';
    const before = open.map(({ seen }) => seen.length);
    const retry = { name: 'retry', valueString: retryOf(partial) };
    const whole = (await (await ask([retry])).json()) as Bundle;
    expect(open.map(({ seen }) => seen.length)).toEqual([before[0], (before[1] ?? 0) + 1]);
    expect(whole.total).toBe(2);
    expect(retryOf(whole)).toBeUndefined();
    expect(idsOf(whole)).toEqual(idsOf((await (await ask()).json()) as Bundle));
  });

  it('is for the same asker and the same question only', async () => {
    await start();
    second = 'fails';
    const retry = { name: 'retry', valueString: retryOf((await (await ask()).json()) as Bundle) };
    expect((await ask([retry], { changes: { user_id: '000012345' } })).status).toBe(404);
    expect((await ask([retry, { name: '_type', valueCode: 'Condition' }])).status).toBe(404);
    expect((await ask([{ name: 'retry', valueString: 'unknown' }])).status).toBe(404);
    expect((await ask([retry])).status).toBe(200);
  });
});

describe('a caller that hangs up', () => {
  it.each(['application/fhir+json', 'application/x-ndjson'])(
    'of %s: the sources are left alone',
    async (accept) => {
      await start();
      second = 'hangs';
      const caller = new AbortController();
      const gone = ask([], { accept, signal: caller.signal })
        .then((response) => response.text())
        .catch(() => 'gone');
      await vi.waitFor(() => expect(open[1]?.seen).toHaveLength(1), WAIT);
      expect(hungUp).toBe(0);
      caller.abort();
      expect(await gone).toBe('gone');
      await vi.waitFor(() => expect(hungUp).toBe(1), WAIT);
    },
  );
});

describe('more than can be made at a time', () => {
  it('is refused at once with the time to come back, and taken up again afterwards', async () => {
    await start({ MAXIMUM_VIEWS: '2' });
    second = 'hangs';
    const waiting = [ask(), ask([], { accept: 'application/x-ndjson' })];
    await vi.waitFor(() => expect(open[1]?.seen).toHaveLength(2), WAIT);
    const refused = await ask();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    release();
    for (const response of await Promise.all(waiting)) await response.text();
    second = 'answers';
    await vi.waitFor(async () => expect((await ask()).status).toBe(200), WAIT);
  });
});

describe('a view that takes too long as a whole', () => {
  it('is given without the sources that are not ready', async () => {
    await start({ VIEW_BUDGET_MS: '6000' });
    second = 'hangs';
    const view = (await (await ask()).json()) as Bundle;
    expect(JSON.stringify(view.entry.at(-1))).toContain('Custodian 22222222 did not answer in time');
  });
});
