import { setTimeout as delay } from 'node:timers/promises';
import type { FhirResource } from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { asking, generalPractitioner } from './claims.js';
import { RunningQueryApi } from './running-query-api.js';
import { allergy, bsnA, bsnB, holdingWhole, patient, StandInHolder } from './stand-in-holder.js';

const GOOD = 28;
const SLOW = 5;
const DOWN = 3;

interface Bundle extends FhirResource {
  readonly total?: number;
  readonly entry: {
    readonly fullUrl: string;
    readonly resource: FhirResource & {
      meta?: { tag?: { code: string }[] };
      issue?: { diagnostics: string }[];
    };
    readonly search: { readonly mode: string };
  }[];
}

let api: RunningQueryApi;
let good: StandInHolder[];
let others: StandInHolder[];

const uraOf = (index: number): string => String(20_000_000 + index);
const addressOf = (index: number, { base }: StandInHolder) => ({
  ura: uraOf(index),
  name: `Holder ${index}`,
  address: base,
  categories: ['Patient', 'AllergyIntolerance'] as const,
});

/** One thing that only this holder knows, and one that all of them know. */
function recordOf(index: number): FhirResource[] {
  const clinicalStatus = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  };
  const own = { ...allergy(`own-${index}`, 'p'), clinicalStatus, code: { text: `Own ${index}` } };
  return [patient('p'), own, { ...allergy('shared', 'p'), clinicalStatus }];
}

beforeAll(async () => {
  // Long enough for a busy machine to answer, short enough not to wait for those that hang.
  api = await RunningQueryApi.start({
    SOURCE_DEADLINE_MS: '12000',
    VIEW_BUDGET_MS: '60000',
    SOURCE_MAXIMUM_BYTES: '100000',
  });
  good = await Promise.all(
    Array.from({ length: GOOD }, (_, index) => StandInHolder.startWhole(holdingWhole(recordOf(index)))),
  );
  const elsewhere = await StandInHolder.startWhole(holdingWhole([patient('wrong', bsnB)]));
  const slow = Array.from({ length: SLOW }, () =>
    StandInHolder.startWhole(() => delay(300_000, {}, { ref: false })),
  );
  const closed = Array.from({ length: DOWN }, () => StandInHolder.startWhole(holdingWhole([])));
  const lying = [
    holdingWhole([patient('wrong', bsnB), allergy('wrong-a', 'wrong')]),
    holdingWhole(Array.from({ length: 2_000 }, (_, index) => allergy(`big-${index}`, 'p'))),
    (): string => '{"resourceType":"Bundle","type":"searchset","entry":[{',
    (_request: unknown, reply: { redirect: (url: string, code: number) => unknown }): unknown =>
      reply.redirect(`${elsewhere.base}/Patient/$everything`, 307),
  ].map((answer) => StandInHolder.startWhole(answer as Parameters<typeof StandInHolder.startWhole>[0]));
  const down = await Promise.all(closed);
  others = [...(await Promise.all(slow)), ...down, ...(await Promise.all(lying)), elsewhere];
  await Promise.all(down.map((one) => one.close()));
  const registered = [...good, ...others.slice(0, -1)];
  api.platform.providers = registered.map((holder, index) => addressOf(index, holder));
});
afterAll(async () => {
  await Promise.all([...good, ...others].map((one) => one.close()));
  await api.stop();
});

async function view(): Promise<Bundle> {
  const headers = { 'content-type': 'application/fhir+json' };
  const request = { method: 'POST', headers, body: asking(bsnA), timeoutMs: 120_000 };
  const response = await api.platform.call(
    `${api.url}/fhir/Patient/$everything`,
    generalPractitioner,
    request,
  );
  const text = await response.text();
  expect(response.status, text).toBe(200);
  expect(text).not.toContain(bsnB);
  return JSON.parse(text) as Bundle;
}

describe('forty holders, of which some hang, some are down and some lie', () => {
  let bundle: Bundle;

  it('give one valid view of what the honest ones say, each fact with its custodian', async () => {
    bundle = await view();
    expect(validateResource(bundle)).toEqual([]);
    const facts = bundle.entry.filter(
      ({ search: { mode }, resource }) => mode === 'match' && resource.resourceType === 'AllergyIntolerance',
    );
    expect(facts).toHaveLength(GOOD + 1);
    for (const { resource } of facts) {
      const custodians = resource.meta?.tag?.map(({ code }) => code).sort();
      const [, index] = /^own-(\d+)$/.exec(resource.id) ?? [];
      const all = Array.from({ length: GOOD }, (_, number) => uraOf(number));
      expect(custodians).toEqual(index === undefined ? all : [uraOf(Number(index))]);
    }
    expect(bundle.total).toBeUndefined();
  }, 120_000);

  it('are each named that did not give an answer, and nothing of theirs is there', () => {
    const text = bundle.entry.at(-1)?.resource.issue?.map(({ diagnostics }) => diagnostics) ?? [];
    const count = (words: string): number => text.filter((one) => one.includes(words)).length;
    expect(text).toHaveLength(SLOW + DOWN + 4);
    expect(count('did not answer in time')).toBe(SLOW);
    expect(count('cannot be reached')).toBe(DOWN + 1);
    expect(count('cannot be trusted')).toBe(3);
    expect(JSON.stringify(bundle)).not.toMatch(/"(wrong|big-)/);
  });

  it('are asked once each, whoever redirects', () => {
    expect(good.map(({ seen }) => seen.length)).toEqual(good.map(() => 1));
    expect(others.at(-1)?.seen).toEqual([]);
    expect(api.platform.localisations).toBe(1);
    const exchanges = api.platform.tokenRequests.filter(({ scope }) => scope === 'holder:read');
    expect(exchanges).toHaveLength(GOOD + SLOW + DOWN + 4);
  });
});

describe('the statements of a view', () => {
  it('do not grow with the number of holders', async () => {
    const all = api.platform.providers;
    const inserts = async (holders: number): Promise<number> => {
      api.platform.providers = all.slice(0, holders);
      const statements = vi.spyOn(pg.Client.prototype, 'query');
      await view();
      const texts = statements.mock.calls.map(([statement]) =>
        typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text),
      );
      statements.mockRestore();
      return texts.filter((text) => /INSERT INTO (?:answered_view|event_log)/i.test(text)).length;
    };
    expect(await inserts(1)).toBe(2);
    expect(await inserts(GOOD)).toBe(2);
  });
});
