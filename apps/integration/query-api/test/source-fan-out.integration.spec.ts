import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ask } from './fan-out-set-up.js';
import { allergy, bsnA, bsnB, holding, patient, searchset, StandInHolder } from './stand-in-holder.js';

const open: StandInHolder[] = [];

async function holder(...parameters: Parameters<typeof StandInHolder.start>): Promise<StandInHolder> {
  const started = await StandInHolder.start(...parameters);
  open.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const good = holding(patient('p'), allergy('a', 'p'));
const isPatientSearch = (url: string): boolean => url.includes('/Patient/');

describe('a source that answers', () => {
  it('is asked for the patient, then for each registered category, with a token of its own', async () => {
    const source = await holder(good);
    const [report] = await ask([source]);
    expect(report?.status).toBe('ok');
    expect(report?.resources.map(({ fullUrl }) => fullUrl)).toEqual([
      `${source.base}/Patient/p`,
      `${source.base}/AllergyIntolerance/a`,
    ]);
    const [first, ...others] = source.seen.map(({ method, url }) => `${method} ${url}`);
    expect(first).toBe('POST /fhir/Patient/_search');
    // Side by side: which of them arrives first is not known.
    expect(others.sort()).toEqual([
      'POST /fhir/AllergyIntolerance/_search',
      'POST /fhir/Observation/_search',
    ]);
    const ofObservations = source.seen.find(({ url }) => url.includes('Observation'));
    expect(ofObservations?.form.get('category')).toBe('laboratory');
    expect(
      source.seen.every(({ headers }) => headers['authorization'] === `DPoP holder:read at ${source.base}`),
    ).toBe(true);
  });

  it('gets the BSN in a body and nowhere else', async () => {
    const source = await holder(good);
    await ask([source]);
    expect(source.seen[0]?.form.get('identifier')).toContain(bsnA);
    for (const { url, headers } of source.seen)
      expect(`${url} ${JSON.stringify(headers)}`).not.toContain(bsnA);
  });

  it('may answer in pages', async () => {
    const source = await holder((request, _reply, base) => {
      if (isPatientSearch(request.url)) return searchset([patient('p')]);
      if (!request.url.includes('Allergy')) return searchset([]);
      return request.method === 'POST'
        ? searchset([allergy('a', 'p')], `${base}/AllergyIntolerance?cursor=2`)
        : searchset([allergy('b', 'p')]);
    });
    const [report] = await ask([source]);
    expect(report?.resources.map(({ resource }) => resource.id)).toEqual(['p', 'a', 'b']);
  });

  it('may hold nothing any more', async () => {
    expect((await ask([await holder(holding())]))[0]?.status).toBe('empty');
  });

  it('may refuse one category and give the others', async () => {
    const source = await holder((request, reply, base) =>
      request.url.includes('Observation') ? reply.code(403).send('{}') : good(request, reply, base),
    );
    const [report] = await ask([source]);
    expect(report?.status).toBe('ok');
    expect(report?.missing).toEqual([{ category: 'ObservationLaboratory', status: 'refused' }]);
  });
});

describe('a source that fails', () => {
  it('has no endpoint', async () => {
    expect((await ask([undefined]))[0]?.status).toBe('no-endpoint');
  });

  it.each([
    ['refuses', 403, 'refused'],
    ['has a fault', 500, 'unreachable'],
    ['is overloaded', 429, 'unreachable'],
    ['does not know the search', 404, 'invalid'],
  ] as const)('%s', async (_what, status, expected) => {
    expect((await ask([await holder((_request, reply) => reply.code(status).send('{}'))]))[0]?.status).toBe(
      expected,
    );
  });

  it('is down', async () => {
    const source = await StandInHolder.start(good);
    await source.close();
    expect((await ask([source]))[0]?.status).toBe('unreachable');
  });

  it('hangs, and costs no more than its deadline', async () => {
    const sources = await Promise.all(
      Array.from({ length: 5 }, () => holder(() => delay(60_000, {}, { ref: false }))),
    );
    const reports = await ask([...sources, await holder(good)], { sourceDeadlineMs: 3_000 });
    expect(reports.map(({ status }) => status)).toEqual([...sources.map(() => 'timed-out'), 'ok']);
  });

  it('stops being asked when the caller has gone', async () => {
    const controller = new AbortController();
    const source = await holder(async (request, reply, base) => {
      controller.abort();
      await delay(20);
      return good(request, reply, base);
    });
    await ask([source], {}, controller.signal);
    await delay(100);
    expect(source.seen).toHaveLength(1);
  });
});

describe('a source that lies', () => {
  it.each([
    ['gives another patient', holding(patient('p', bsnB))],
    ['gives another patient beside the right one', holding(patient('p'), patient('q', bsnB))],
    ['gives a patient without a BSN', holding({ ...patient('p'), identifier: [] })],
    ['gives facts of another patient', holding(patient('p'), allergy('a', 'somebody-else'))],
    [
      'gives facts of another server',
      holding(patient('p'), {
        ...allergy('a', 'p'),
        patient: { reference: 'https://other.example/fhir/Patient/p' },
      }),
    ],
    ['gives facts of nobody', holding(patient('p'), { ...allergy('a', 'p'), patient: undefined })],
    [
      'contradicts itself about the patient',
      holding(patient('p'), {
        ...allergy('a', 'p'),
        patient: {
          reference: 'Patient/p',
          identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsnB },
        },
      }),
    ],
    ['does not speak JSON', () => '<html>'],
    ['does not answer with a searchset', () => ({ resourceType: 'Patient' })],
    [
      'gives entries without id',
      () => ({
        resourceType: 'Bundle',
        type: 'searchset',
        entry: [{ resource: { resourceType: 'Patient' } }],
      }),
    ],
    [
      'sends the caller to another host',
      () => searchset([patient('p')], 'http://127.0.0.2:9/fhir/Patient?page=2'),
    ],
    [
      'pages for ever',
      (_request: unknown, _reply: unknown, base: string) =>
        searchset([patient('p')], `${base}/Patient?page=2`),
    ],
  ] as const)('%s: nothing of it is used', async (_what, answer) => {
    const [report, honest] = await ask([
      await holder(answer as Parameters<typeof StandInHolder.start>[0]),
      await holder(good),
    ]);
    expect(report).toMatchObject({ status: 'invalid', resources: [] });
    expect(honest?.status).toBe('ok');
  });

  it('delivers more than it may', async () => {
    const source = await holder(() =>
      searchset(Array.from({ length: 2_000 }, (_, index) => patient(`p${index}`))),
    );
    expect((await ask([source], { sourceMaximumBytes: 50_000 }))[0]).toMatchObject({
      status: 'invalid',
      resources: [],
    });
  });

  it('redirects, and is not followed', async () => {
    const elsewhere = await holder(good);
    const source = await holder((_request, reply) =>
      reply.redirect(`${elsewhere.base}/Patient/_search`, 307),
    );
    expect((await ask([source]))[0]?.status).toBe('unreachable');
    expect(elsewhere.seen).toEqual([]);
  });
});
