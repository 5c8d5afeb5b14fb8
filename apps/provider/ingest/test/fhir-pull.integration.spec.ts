import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningIngest } from './running-ingest.js';

interface Resource {
  resourceType: string;
  id: string;
  meta: { lastUpdated: string; versionId?: string };
  [element: string]: unknown;
}

/** A FHIR server with as much of search as a reader of changes needs, and switches for its bad days. */
class Source {
  readonly resources: Resource[] = [];
  readonly queries: string[] = [];
  nextBase: string | undefined;
  failing = false;
  private server: Server | undefined;

  get url(): string {
    return `http://127.0.0.1:${String((this.server?.address() as AddressInfo).port)}/fhir`;
  }

  async start(): Promise<void> {
    this.server = createServer((request, response) => {
      const url = new URL(request.url ?? '', this.url);
      this.queries.push(url.search);
      response.statusCode = this.failing ? 500 : 200;
      response
        .setHeader('content-type', 'application/fhir+json')
        .end(JSON.stringify(this.failing ? {} : this.page(url)));
    });
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
  }

  stop(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  private page(url: URL): object {
    const since = Date.parse(url.searchParams.get('_lastUpdated')?.slice(2) ?? '1970-01-01T00:00:00Z');
    const offset = Number(url.searchParams.get('offset') ?? 0);
    const count = Number(url.searchParams.get('_count') ?? 10);
    const found = this.resources.filter(
      ({ resourceType, meta }) =>
        url.pathname.endsWith(resourceType) && Date.parse(meta.lastUpdated) >= since,
    );
    url.searchParams.set('offset', String(offset + count));
    const next = (this.nextBase ?? url.origin) + url.pathname + url.search;
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      link: offset + count < found.length ? [{ relation: 'next', url: next }] : [],
      entry: found.slice(offset, offset + count).map((resource) => ({ resource, search: { mode: 'match' } })),
    };
  }
}

describe('a source that is pulled', () => {
  let ingest: RunningIngest;
  const source = new Source();
  const at = (second: number): { lastUpdated: string } => ({
    lastUpdated: `2026-01-01T10:00:${String(second).padStart(2, '0')}.000Z`,
  });
  const condition = (id: string, patient: string, second: number): Resource => ({
    resourceType: 'Condition',
    id,
    meta: at(second),
    code: { text: 'x' },
    subject: { reference: `Patient/${patient}` },
  });

  beforeAll(async () => {
    await source.start();
    for (const id of ['a', 'b']) source.resources.push({ resourceType: 'Patient', id, meta: at(1) });
    for (let n = 0; n < 7; n++) source.resources.push(condition(`c${String(n)}`, n % 2 === 0 ? 'a' : 'b', n));
    ingest = await RunningIngest.start();
    const pull = {
      baseUrl: source.url,
      resourceTypes: ['Condition', 'Patient'],
      intervalSeconds: 1,
      pageSize: 3,
    };
    expect((await ingest.declare('his', { kind: 'fhir-pull', pull })).status).toBe(201);
  });
  afterAll(async () => {
    await ingest.stop();
    source.stop();
  });

  const bundles = async (): Promise<Resource[][]> =>
    (await ingest.events()).map((event) => {
      const bundle = JSON.parse(Buffer.from(String(event['content']), 'base64').toString()) as {
        entry: { resource: Resource }[];
      };
      return bundle.entry.map(({ resource }) => resource);
    });
  const pulledIds = async (): Promise<string[]> => (await bundles()).flat().map(({ id }) => id);
  const until = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 100; tries++) {
      if (await condition()) return;
      await wait(50);
    }
    throw new Error('it did not come to that');
  };
  const rounds = async (count: number): Promise<void> => {
    const before = source.queries.length;
    await until(() => Promise.resolve(source.queries.length >= before + count * 2 + 1));
  };

  it('gives a Bundle for each patient of each page, patients first', async () => {
    await until(async () => (await pulledIds()).length >= 9);
    const groups = (await bundles()).map((group) => group.map(({ id }) => id));
    expect(groups.slice(0, 2)).toEqual([['a'], ['b']]);
    expect(groups.slice(2)).toEqual([['c0', 'c2'], ['c1'], ['c3', 'c5'], ['c4'], ['c6']]);
    const events = await ingest.events();
    expect(events[0]?.['key']).toBe(events[2]?.['key']);
  });

  it('is no news when it is read again', async () => {
    await rounds(2);
    expect(await pulledIds()).toHaveLength(9);
    expect(source.queries.slice(-2).join()).toContain('_lastUpdated=ge2026-01-01T09%3A59%3A56.000Z');
    const first = source.resources[0];
    if (first !== undefined) source.resources[0] = { ...first, meta: { ...at(30), versionId: '2' } };
    await rounds(2);
    expect(await pulledIds()).toHaveLength(9);
  });

  it('gives what changed, also after a restart and a failure of the source', async () => {
    source.failing = true;
    await rounds(1);
    await ingest.restart();
    source.failing = false;
    source.resources.push({ ...condition('c0', 'a', 40), code: { text: 'changed' } });
    await until(async () => (await pulledIds()).length >= 10);
    await rounds(1);
    expect((await pulledIds()).slice(9)).toEqual(['c0']);
  });

  it('has what is not valid kept in quarantine, the rest taken', async () => {
    source.resources.push(
      { ...condition('bad', 'a', 41), recordedDate: 'yesterday' },
      condition('good', 'a', 41),
    );
    await until(async () => (await pulledIds()).includes('good'));
    const { body } = await ingest.request('GET', '/quarantine');
    expect(body['entries']).toMatchObject([
      { stage: 'ingest', location: 'Condition.recordedDate', format: 'fhir-r4' },
    ]);
    await rounds(1);
    expect((await ingest.request('GET', '/quarantine')).body['entries']).toHaveLength(1);
  });

  it('is not followed to another server', async () => {
    source.nextBase = 'http://elsewhere.invalid';
    for (let n = 0; n < 4; n++) source.resources.push(condition(`e${String(n)}`, 'a', 59));
    await rounds(2);
    expect((await pulledIds()).filter((id) => id === 'e3')).toEqual([]);
    source.nextBase = undefined;
    await until(async () => (await pulledIds()).includes('e3'));
  });
});
