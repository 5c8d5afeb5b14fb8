import { identifierSystems } from '@samenhang/data-model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { generalPractitioner } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, holding, patient, StandInHolder } from './stand-in-holder.js';
import { subscriptionTo } from './subscribing.js';
import { searchableTypes } from '../src/search/searchable-types.js';

vi.setConfig({ testTimeout: 240_000 });
const RUNS = 120;

let api: RunningQueryApi;
let holder: StandInHolder;

beforeAll(async () => {
  api = await RunningQueryApi.start();
  holder = await StandInHolder.start(holding(patient('h'), allergy('a', 'h')));
  api.platform.providers = [
    {
      ura: '22222222',
      name: 'Hospital',
      address: holder.base,
      categories: ['Patient', 'AllergyIntolerance'],
    },
  ];
});
afterAll(async () => {
  await holder?.close();
  await api?.stop();
});

interface Sent {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** Whatever was sent: an answer that is no failure of ours, in FHIR, and without the number in it when it is a refusal. */
async function holds({ method, path, contentType, body }: Sent): Promise<void> {
  const response = await api.platform.call(`${api.url}${path}`, generalPractitioner, {
    method,
    headers: contentType === undefined ? {} : { 'content-type': contentType },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  expect(response.status, text).toBeLessThan(500);
  expect(JSON.stringify([...response.headers])).not.toContain(bsnA);
  if (response.status >= 400) {
    expect(text).not.toContain(bsnA);
    if (path.startsWith('/fhir'))
      expect(JSON.parse(text)).toMatchObject({ resourceType: 'OperationOutcome' });
  }
}

const person = `${identifierSystems.bsn}|${bsnA}`;
const nastyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    bsnA,
    person,
    `${bsnA}'--`,
    '\u0000',
    '%00',
    '../..',
    '|',
    '||',
    '$',
    ',',
    '\\,',
    'ge',
    'ge2026-13-45',
    '9'.repeat(400),
    '1e999',
    '__proto__',
    'constructor',
    'Patient/',
    '${7*7}',
    '\ud800',
  ),
);
const names = searchableTypes.flatMap(({ parameters }) => parameters.map(({ name }) => name));
const controls = [
  '_include',
  '_revinclude',
  '_sort',
  '_count',
  '_elements',
  '_summary',
  '_total',
  '_lastUpdated',
];

/** A search with the person and criteria of any name, modifier and value. */
const searches = fc
  .record({
    type: fc.oneof(fc.constantFrom(...searchableTypes.map(({ type }) => type)), fc.string({ maxLength: 12 })),
    criteria: fc.array(
      fc.tuple(
        fc.oneof(fc.constantFrom(...names, ...controls), nastyText),
        fc.constantFrom(
          '',
          ':not',
          ':missing',
          ':exact',
          ':identifier',
          ':iterate',
          '.identifier',
          ':of-type',
        ),
        nastyText,
      ),
      { maxLength: 6 },
    ),
    named: fc.boolean(),
  })
  .map(({ type, criteria, named }): Sent => {
    const form = new URLSearchParams();
    if (named) form.append(type === 'Patient' ? 'identifier' : 'patient.identifier', person);
    for (const [name, modifier, value] of criteria)
      form.append(`${name}${modifier}`.toWellFormed(), value.toWellFormed());
    return {
      method: 'POST',
      path: `/fhir/${encodeURIComponent(type.toWellFormed())}/_search`,
      contentType: 'application/x-www-form-urlencoded',
      body: form.toString(),
    };
  });

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The same resource with one value somewhere in it replaced, removed or wrapped: near enough to be read deeply. */
function mutations(valid: string): fc.Arbitrary<string> {
  const tree = JSON.parse(valid) as Json;
  const paths = placesIn(tree);
  const replacement = fc.oneof(nastyText, fc.jsonValue({ maxDepth: 2 }), fc.constant([]), fc.constant({}));
  return fc
    .array(fc.tuple(fc.constantFrom(...paths), replacement as fc.Arbitrary<Json>, fc.boolean()), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) =>
      JSON.stringify(
        changes.reduce<Json>((now, [path, value, wraps]) => changed(now, path, value, wraps), tree),
      ),
    );
}

function placesIn(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [
    path,
    ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner as Json, [...path, name])),
  ];
}

function changed(value: Json, path: readonly string[], to: Json, wraps: boolean): Json {
  const [name, ...rest] = path;
  if (name === undefined) return wraps ? [value, to] : to;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return (value as Json[]).map((inner, index) =>
      String(index) === name ? changed(inner, rest, to, wraps) : inner,
    );
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>).map(([key, inner]) => [
      key,
      key === name ? changed(inner, rest, to, wraps) : inner,
    ]),
  );
}

const parameters = JSON.stringify({
  resourceType: 'Parameters',
  parameter: [
    { name: 'patient', valueIdentifier: { system: identifierSystems.bsn, value: bsnA } },
    { name: '_type', valueCode: 'AllergyIntolerance' },
    { name: '_since', valueInstant: '2026-01-01T00:00:00Z' },
    { name: 'start', valueDate: '2020' },
    { name: 'retry', valueString: 'none' },
  ],
});
const subscription = subscriptionTo({
  channel: { type: 'rest-hook', endpoint: 'https://app.example/told', header: ['Authorization: Bearer x'] },
  heartbeat: 60,
  content: 'id-only',
  end: '2099-01-01T00:00:00Z',
});

describe('whatever an application sends', () => {
  it('a search is answered or refused, never failed at, and a refusal names nobody', async () => {
    await fc.assert(fc.asyncProperty(searches, holds), { numRuns: RUNS });
  });

  it('so is an operation on a person', async () => {
    const operations = fc.record({
      method: fc.constant('POST' as const),
      path: fc.constantFrom('/fhir/Patient/$everything', '/fhir/Patient/$bgz', '/fhir/Patient/$summary'),
      contentType: fc.constantFrom('application/fhir+json', 'application/json', 'text/plain'),
      body: fc.oneof(
        mutations(parameters),
        nastyText.map((text) => text.toWellFormed()),
      ),
    });
    await fc.assert(fc.asyncProperty(operations, holds), { numRuns: RUNS });
  });

  it('so is a subscription', async () => {
    const subscriptions = mutations(subscription).map((body): Sent => ({
      method: 'POST',
      path: '/fhir/Subscription',
      contentType: 'application/fhir+json',
      body,
    }));
    await fc.assert(fc.asyncProperty(subscriptions, holds), { numRuns: RUNS });
  });

  it('so is any path, with any method', async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        'fhir',
        'Patient',
        'Subscription',
        'pages',
        '$everything',
        '$events',
        '_search',
        'metadata',
      ),
      nastyText.map((text) => encodeURIComponent(text.toWellFormed())),
    );
    const paths = fc.record({
      method: fc.constantFrom('GET' as const, 'POST' as const, 'DELETE' as const),
      path: fc.array(segment, { maxLength: 4 }).map((parts) => `/fhir/${parts.join('/')}`),
    });
    await fc.assert(
      fc.asyncProperty(
        // A number in a URL is refused too, and the refusal does not repeat it.
        paths.filter(({ path }) => !/^\/fhir\/+(?:\.|%2e)/i.test(path)),
        holds,
      ),
      { numRuns: RUNS },
    );
  });
});
