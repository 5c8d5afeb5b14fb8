import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deskAt, DIABETES, noord, people, table, zuid, type ProjectDesk } from './project-desk.js';
import { RunningSecondaryUseApi } from './running-secondary-use-api.js';

let api: RunningSecondaryUseApi;
let desk: ProjectDesk;
beforeAll(async () => {
  api = await RunningSecondaryUseApi.start();
  desk = deskAt(api);
}, 120_000);
afterAll(() => api?.stop());

/** As `people`, of every age once: whoever knows a year of birth and a sex knows who it is. */
const ofAllAges = (count: number) =>
  people(0, count).map((person, place) => ({ ...person, birthDate: String(1940 + (place % 60)) }));
beforeEach(() => {
  api.platform.holders.set(noord, { persons: ofAllAges(120), mood: 'well' });
  api.platform.holders.set(zuid, { persons: [], mood: 'well' });
});

const rowsOf = async (output: string): Promise<string[][]> => {
  const { text } = await desk.use(`/outputs/${output}/file`);
  return text
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','));
};

describe('Somebody with a table of names', { timeout: 120_000 }, () => {
  it('finds at least ten rows for each, or none, by all that both tables have', async () => {
    const released = await rowsOf(await desk.released(await desk.granted()));
    expect(released.length).toBeGreaterThan(100);
    for (const { gender, birthDate } of ofAllAges(120)) {
      // How the release may call that person's year: as it is, its decade, or not at all.
      const names = new Set([birthDate, `${birthDate.slice(0, 3)}0s`, '*']);
      const matches = released.filter(
        ([sex = '', year = '']) => (sex === gender || sex === '*') && names.has(year),
      );
      expect(matches.length === 0 || matches.length >= 10).toBe(true);
    }
  });

  it('learns from two releases of whoever was added no more than a class of ten', async () => {
    const permit = await desk.granted();
    const before = await rowsOf(await desk.released(permit));
    api.platform.holders.set(noord, { persons: ofAllAges(121), mood: 'well' });
    const after = await rowsOf(await desk.released(permit));
    const count = (rows: readonly string[][]) =>
      Object.entries(Object.groupBy(rows, (row) => row.join(','))).map(
        ([row, some]) => [row, some?.length ?? 0] as const,
      );
    // Each row stands for ten or more in both: what came is one of them, not a row of its own.
    for (const [, members] of [...count(before), ...count(after)]) expect(members).toBeGreaterThanOrEqual(10);
  });
});

describe('Somebody who asks again and again', { timeout: 120_000 }, () => {
  it('gets the same answer each time, in whatever order and words, so that there is no mean of it', async () => {
    const permit = await desk.granted();
    const ask = async (...conditions: object[]) =>
      (await desk.use(`/permits/${permit}/counts`, { conditions })).body['count'];
    const women = { dimension: 'gender', value: 'female' };
    const diabetes = { dimension: 'diagnosis', value: DIABETES };
    const full = { dimension: 'diagnosis', value: `http://snomed.info/sct|${DIABETES}` };
    const alone = [await ask(women), await ask(women), await ask(women, women)];
    expect(alone[0]).toEqual(expect.any(Number));
    expect(alone[1]).toBe(alone[0]);
    expect([alone[0], undefined]).toContain(alone[2]);
    const answers = [
      await ask(women, diabetes),
      await ask(diabetes, women),
      await ask(women, full),
      await ask(full, women),
      await ask(women, diabetes),
    ];
    expect(new Set(answers.filter((answer) => answer !== undefined)).size).toBeLessThanOrEqual(1);
  });
});

describe('A permit', { timeout: 120_000 }, () => {
  it('is not stretched: no other type, element, holder or kind than it gives, by whatever request', async () => {
    const permit = await desk.granted({
      outputKind: 'pseudonymised',
      custodians: [noord],
      datasets: [{ type: 'Patient', elements: ['gender'] }],
    });
    const path = `/permits/${permit}/outputs`;
    const column = [{ name: 'person', path: 'getResourceKey()' }];
    const others = ['Condition', 'Observation', 'Encounter'].map((resource) => ({
      view: { resource, select: [{ column }] },
      person: 'person',
    }));
    for (const request of others) expect((await desk.use(path, request)).status).toBe(403);
    expect((await desk.use(path, { model: 'omop-cdm-5.4' })).status).not.toBe(202);
    // What stands in a request beside the view changes nothing of what holders are told.
    const asked = api.platform.terms.length;
    const request = {
      ...table,
      custodians: [zuid],
      datasets: [{ type: 'Patient', elements: ['birthDate'] }],
      permit: { custodians: [zuid] },
      __proto__: { custodians: [zuid] },
    };
    const output = await desk.ended(permit, request);
    expect(output.body['holders']).toEqual([{ custodian: noord, status: 'ok' }]);
    const terms = api.platform.terms.slice(asked);
    expect(terms.map(({ datasets }) => datasets)).toEqual([[{ type: 'Patient', elements: ['gender'] }]]);
    const id = await desk.released(permit, table);
    for (const [, , year] of await rowsOf(id)) expect(year).toBe('');
  });

  it('gives pseudonyms that say nothing at another, also not through numbers and sets', async () => {
    const ids = async (outputKind: string, request: object, file: string, column: string) => {
      const permit = await desk.granted({
        outputKind,
        dates: 'shifted',
        datasets: [
          { type: 'Patient', elements: ['gender', 'birthDate'] },
          { type: 'Condition', elements: ['code', 'onsetDateTime'] },
        ],
      });
      const id = await desk.released(permit, request);
      const { text } = await desk.use(`/outputs/${id}/files/${file}`);
      return text
        .trimEnd()
        .split('\n')
        .map((line) => String((JSON.parse(line) as Record<string, unknown>)[column]));
    };
    const omop = { format: 'ndjson' };
    const numbers = [
      await ids('omop', omop, 'person.ndjson', 'person_id'),
      await ids('omop', omop, 'person.ndjson', 'person_id'),
      await ids('omop', omop, 'person.ndjson', 'person_source_value'),
      // Facts have no other pseudonym than their number: where holders call them the same for two projects, it must still differ.
      await ids('omop', omop, 'condition_occurrence.ndjson', 'condition_occurrence_id'),
      await ids('omop', omop, 'condition_occurrence.ndjson', 'condition_occurrence_id'),
      await ids('ai-sets', { ...table, format: 'ndjson' }, 'development.ndjson', 'person'),
    ];
    for (const each of numbers) expect(each.length).toBeGreaterThan(10);
    const all = numbers.flat();
    expect(new Set(all).size).toBe(all.length);
  });
});
