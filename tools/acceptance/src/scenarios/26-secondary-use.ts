import assert from 'node:assert/strict';
import { Dossier } from '../world/fixtures.js';
import { furtherPatient, hospital, pharmacy, vos } from '../world/people.js';
import { ResearchDesk } from '../world/research-desk.js';
import type { Scenario } from '../scenario.js';

/** Insulin-treated type 2 diabetes: of nobody else in the installation. */
const DIABETES = '237599002';
/** Of these the scenario has one person only. */
const RARE = '58756001';
const COHORT = Array.from({ length: 30 }, (_, ordinal) => furtherPatient(700 + ordinal));
const [a = furtherPatient(700), b = furtherPatient(701)] = COHORT;

interface Row {
  readonly person: string;
  readonly gender: string;
  readonly birth_year: string;
}

export const secondaryUse: Scenario = {
  id: 26,
  title: 'Secondary use',
  async story({ given, when, then }, world) {
    const desk = new ResearchDesk(world);
    const refused = await when('data is asked for research with no permit', () =>
      world.viewToken(vos, { purpose_of_use: 'HRESCH' }),
    );
    await then('it is refused', async () => {
      if (refused.token === undefined) return;
      assert.equal((await world.viewWith(refused.token, '900186021')).status, 403);
    });
    await given('thirty persons with diabetes at a hospital, one of whom is known to a pharmacy too', () =>
      world.deliver(
        ...COHORT.map((bsn, place) => new Dossier(hospital, bsn, `cohort-${place}`).condition(DIABETES)),
        new Dossier(pharmacy, b, 'cohort-b').condition(DIABETES).condition(RARE, 'Huntington'),
      ),
    );
    const permit = await given('an application for the cohort "T2DM 2025"', () =>
      desk.apply('T2DM 2025', DIABETES),
    );
    await then('nothing can be done with it before it is granted', async () =>
      assert.equal((await desk.requestOutput(permit)).status, 403),
    );
    await given('it is granted', () => desk.grant(permit));
    const before = await when('a table of the cohort is asked for', () => desk.makeOutput(permit));
    await then('all holders answered, and it waits in the airlock', async () => {
      const { holders } = await desk.output(before);
      assert.deepEqual(
        holders.map(({ status }) => status),
        ['ok', 'ok'],
      );
      assert.equal((await desk.file(before)).status, 409);
    });
    await then('who asked for it cannot release it', async () =>
      assert.equal((await desk.release(before, 'researcher')).status, 403),
    );
    await when('A opts out of secondary use', () => desk.optOut(a));
    await then('what was made with A in it is not released any more', async () =>
      assert.equal((await desk.release(before)).status, 409),
    );
    const after = await when('the table is made anew', () => desk.makeOutput(permit));
    const rows = await then('somebody else releases it, and it holds everyone but A', async () => {
      assert.equal((await desk.release(after)).status, 200);
      return rowsOf((await desk.file(after)).text, COHORT.length - 1);
    });
    await then('direct identifiers are gone', () => {
      const text = JSON.stringify(rows);
      for (const bsn of COHORT) assert.ok(!text.includes(bsn));
      assert.ok(!/testpersoon|cohort|Patient\//i.test(text));
      assert.ok(rows.every((row) => row.birth_year === '1950' && row.gender === 'female'));
    });
    await then('B has one pseudonym at both holders, and the register of releases knows it', async () => {
      const ofB = rows.map(({ person }) => person).filter((name, place, all) => all.indexOf(name) !== place);
      assert.equal(ofB.length, 1);
      assert.deepEqual(await desk.releasesWith(ofB[0] ?? ''), [after]);
    });
    await then('another project knows nobody by the same pseudonym', async () => {
      const other = await desk.apply('T2DM 2025, again', DIABETES);
      await desk.grant(other);
      const output = await desk.makeOutput(other);
      assert.equal((await desk.release(output)).status, 200);
      const others = new Set(
        rowsOf((await desk.file(output)).text, COHORT.length - 1).map(({ person }) => person),
      );
      assert.ok(rows.every(({ person }) => !others.has(person)));
    });
    await then('how many have a rare disease is withheld', async () => {
      const { status, kind } = await desk.count(permit, RARE);
      assert.deepEqual([status, kind], [200, 'withheld']);
    });
    await then('the hospital’s audit trail names the permit', async () => {
      const trail = JSON.stringify(await world.auditTrail(hospital.ura), (_, value: unknown) =>
        typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
      );
      assert.ok(trail.includes(`permit=${permit}`));
    });
    await when('the permit is withdrawn', () => desk.withdraw(permit));
    await then('nothing can be had under it, not even what was released', async () => {
      assert.equal((await desk.requestOutput(permit)).status, 403);
      assert.equal((await desk.file(after)).status, 403);
    });
  },
};

/** One row for each holder that knows a person. */
function rowsOf(text: string, persons: number): Row[] {
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  assert.equal(new Set(rows.map(({ person }) => person)).size, persons, text);
  return rows;
}
