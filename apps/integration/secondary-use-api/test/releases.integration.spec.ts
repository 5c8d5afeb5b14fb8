import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isSigned } from '../src/releases/sign-manifest.js';
import { application, deskAt, noord, people, table, zuid, type ProjectDesk } from './project-desk.js';
import { checker, RunningSecondaryUseApi } from './running-secondary-use-api.js';

let api: RunningSecondaryUseApi;
let desk: ProjectDesk;

beforeAll(async () => {
  api = await RunningSecondaryUseApi.start();
  desk = deskAt(api);
}, 120_000);
afterAll(() => api?.stop());
beforeEach(() => {
  api.platform.holders.set(noord, { persons: people(0, 60), mood: 'well' });
  api.platform.holders.set(zuid, { persons: people(50, 80), mood: 'well' });
});

const use: ProjectDesk['use'] = (...of) => desk.use(...of);
const check: ProjectDesk['check'] = (...of) => desk.check(...of);
const granted: ProjectDesk['granted'] = (...of) => desk.granted(...of);
const ended: ProjectDesk['ended'] = (...of) => desk.ended(...of);
const released: ProjectDesk['released'] = (...of) => desk.released(...of);

describe('What is made for a model of data or of learning', () => {
  const result = {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] },
    effectiveDateTime: '2025-06-07',
    valueQuantity: { value: 131, system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
    note: [{ text: 'Ordered by Jansen' }],
  };
  const forOmop = {
    outputKind: 'omop',
    dates: 'shifted',
    datasets: [
      { type: 'Observation', elements: ['status', 'code', 'effectiveDateTime', 'valueQuantity'] },
      { type: 'Patient', elements: ['gender', 'birthDate'] },
      { type: 'Condition', elements: ['code', 'onsetDateTime'] },
    ],
  };
  const linesOf = async (id: string, name: string) => {
    const { status, text } = await use(`/outputs/${id}/files/${name}`);
    expect(status, text).toBe(200);
    return text
      .trimEnd()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  it('is the tables of OMOP, in which a person of two holders is one', async () => {
    const persons = people(0, 60).map((person) => ({ ...person, facts: [result] }));
    api.platform.holders.set(noord, { persons, mood: 'well' });
    const id = await released(await granted(forOmop), { format: 'ndjson' });
    const rows = await linesOf(id, 'person.ndjson');
    expect(rows).toHaveLength(80);
    const keys = new Set(rows.map((row) => row['person_id']));
    expect(keys.size).toBe(80);
    const measurements = await linesOf(id, 'measurement.ndjson');
    expect(measurements).toHaveLength(60);
    expect(measurements.every((row) => keys.has(row['person_id']))).toBe(true);
    const conditions = await linesOf(id, 'condition_occurrence.ndjson');
    expect(conditions.filter((row) => row['condition_concept_id'] === 201826)).toHaveLength(45);
    const { report } = (await use(`/outputs/${id}`)).body;
    expect(report).toMatchObject({
      kind: 'omop',
      rows: 80,
      omop: { tables: { condition_occurrence: { rows: 93, unmapped: 3 } } },
    });
    for (const name of ['../report.json', 'report.json', '..%2Freport.json'])
      expect((await use(`/outputs/${id}/files/${name}`)).status).toBe(404);
  });

  it('needs a permit that gives what the CDM requires, and takes no view of its own', async () => {
    for (const changes of [
      { ...forOmop, dates: 'month' },
      { ...forOmop, datasets: [{ type: 'Patient', elements: ['gender'] }] },
      { ...forOmop, datasets: [{ type: 'Condition', elements: ['code'] }] },
    ])
      expect((await use('/permits', { ...application, ...changes })).status).toBe(422);
    const id = await granted(forOmop);
    expect((await use(`/permits/${id}/outputs`, table)).status).toBe(400);
  });

  it('uses no holder that is there for one view and away for the next', async () => {
    const permit = await granted(forOmop);
    api.platform.holders.set(zuid, { persons: people(50, 80), mood: 'down-after-patients' });
    const output = await ended(permit, { format: 'csv' });
    expect(output.body).toMatchObject({
      holders: [{ status: 'ok' }, { custodian: zuid, status: 'unreachable' }],
      report: { rows: 60 },
    });
  });

  it('is sets in which nobody is twice, the same after a refresh, with a card', async () => {
    const permit = await granted({ outputKind: 'ai-sets' });
    const request = { ...table, format: 'ndjson', split: { development: 60, validation: 40 } };
    const personsOf = async (id: string, set: string) =>
      new Set((await linesOf(id, `${set}.ndjson`)).map((row) => String(row['person'])));
    const first = await released(permit, request);
    const development = await personsOf(first, 'development');
    const validation = await personsOf(first, 'validation');
    expect(development.size + validation.size).toBe(80);
    expect([...development].filter((person) => validation.has(person))).toEqual([]);
    api.platform.holders.set(noord, { persons: people(0, 90), mood: 'well' });
    const second = await released(permit, request);
    const [more, others] = [await personsOf(second, 'development'), await personsOf(second, 'validation')];
    expect(more.size + others.size).toBe(90);
    expect([...development].every((person) => more.has(person))).toBe(true);
    expect([...validation].every((person) => others.has(person))).toBe(true);
    const card = JSON.parse((await use(`/outputs/${first}/files/data-card.json`)).text) as object;
    expect(card).toMatchObject({
      sets: { test: { persons: null } },
      custodians: [{ persons: 60 }, { persons: 30 }],
    });
    expect((await use(`/outputs/${first}/files/data-card.md`)).text).toContain('## Known limits');
    expect((await use(`/outputs/${first}/files/test.ndjson`)).status).toBe(404);
    expect((await use(`/permits/${permit}/outputs`, { ...request, split: { development: 99 } })).status).toBe(
      400,
    );
  });
});

describe('A release', () => {
  it('has a manifest that this service signed, and says where it comes from', async () => {
    const permit = await granted({ outputKind: 'pseudonymised' });
    api.platform.holders.set(zuid, { persons: [], mood: 'down' });
    const id = await released(permit);
    const [manifest, signature] = [
      await use(`/outputs/${id}/manifest`),
      await use(`/outputs/${id}/signature`),
    ];
    const { keys } = (await use('/release-keys')).body as { keys: JWK[] };
    expect(keys[0]).not.toHaveProperty('d');
    const signed = { manifest: manifest.text, signature: signature.text };
    expect(await isSigned(signed, keys[0] ?? {})).toBe(true);
    const file = await use(`/outputs/${id}/file`);
    const sha256 = createHash('sha256').update(file.text).digest('hex');
    expect(JSON.parse(manifest.text)).toMatchObject({
      output: id,
      permit: { id: permit, outputKind: 'pseudonymised' },
      files: [{ name: 'table.csv', sha256, bytes: file.text.length }],
      holders: [
        { custodian: noord, status: 'ok' },
        { custodian: zuid, status: 'unreachable' },
      ],
    });
    const provenance = (await use(`/outputs/${id}/provenance`)).text;
    const graph = (JSON.parse(provenance) as { '@graph': Record<string, unknown>[] })['@graph'];
    const release = graph.find((node) => String(node['@id']).endsWith(`/outputs/${id}`));
    expect(release).toMatchObject({ 'prov:wasDerivedFrom': [{ '@id': expect.stringContaining(noord) }] });
    const ids = new Set(graph.map((node) => node['@id']));
    const named = [...provenance.matchAll(/\{"@id":"([^"]*)"\}/g)].map(([, name]) => name ?? '');
    expect(named.filter((name) => !ids.has(name) && !name.startsWith('http://spdx.org/'))).toEqual([]);
    for (const path of ['manifest', 'signature', 'provenance'])
      expect((await use(`/outputs/${id}/${path}`, undefined, checker)).status).toBe(404);
  });

  it('is what has a manifest: an output that waits or was refused has none', async () => {
    const output = await ended(await granted({ outputKind: 'pseudonymised' }));
    const id = String(output.body['id']);
    expect((await use(`/outputs/${id}/manifest`)).status).toBe(409);
    expect((await check(`/checks/outputs/${id}/refuse`, {})).status).toBe(200);
    expect((await use(`/outputs/${id}/manifest`)).status).toBe(409);
  });
});
