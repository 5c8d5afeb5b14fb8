import { inTransaction, rowsOf } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareMessages } from '../src/comparison/compare-messages.js';
import { applyChunk } from '../src/intake/apply-chunk.js';
import type { NormalisedEvent } from '../src/intake/check-message.js';
import { inTenant } from '../src/storage/tenant-fence.js';
import {
  allergy,
  hospital,
  handles,
  keyring,
  laboratory,
  message,
  openRecord,
  patient,
  pharmacy,
  RememberedEvents,
  remove,
  vault,
} from './record-builders.js';

const A = '900186021';
const B = '999901370';

describe('replays and identities', () => {
  let record: Awaited<ReturnType<typeof openRecord>>;
  let outbox: RememberedEvents;

  beforeAll(async () => void (record = await openRecord()));
  afterAll(() => record.close());
  beforeEach(async () => {
    outbox = new RememberedEvents();
    await record.dataSource.query(
      'TRUNCATE resource, resource_history, patient, patient_identifier, citizen_number, fact_count, availability',
    );
  });

  const apply = (...events: NormalisedEvent[]) =>
    inTransaction(record.dataSource, (transaction) =>
      applyChunk(transaction, events, { keyring, vault, handles, outbox }),
    );
  const compare = (...events: NormalisedEvent[]) =>
    inTenant(record.dataSource, hospital, (transaction) => compareMessages(transaction, events, keyring));
  const live = async (): Promise<string[]> =>
    rowsOf<{ name: string }>(
      await record.dataSource.query(
        `SELECT type || '/' || id AS name FROM resource WHERE NOT deleted ORDER BY 1`,
      ),
    ).map(({ name }) => name);

  describe('a replay', () => {
    const first = message({
      position: 5,
      changes: [patient('p1', A), laboratory('o1', 'p1', 1), allergy('a1', 'p1')],
    });

    it('corrects what the message said, and takes back what it no longer says', async () => {
      await apply(first);
      const again = message({
        position: 5,
        replayedBy: '1.1.0',
        changes: [patient('p1', A), laboratory('o1', 'p1', 2), laboratory('o2', 'p1', 3)],
      });
      expect(await compare(again)).toMatchObject([
        {
          outcome: 'applied',
          resources: [
            { resourceType: 'Patient', id: 'p1', action: 'unchanged', elements: [] },
            { resourceType: 'Observation', id: 'o1', action: 'changed', elements: ['valueQuantity.value'] },
            { resourceType: 'Observation', id: 'o2', action: 'created', elements: [] },
            { resourceType: 'AllergyIntolerance', id: 'a1', action: 'deleted', elements: [] },
          ],
        },
      ]);
      expect(await live()).toEqual(['AllergyIntolerance/a1', 'Observation/o1', 'Patient/p1']);
      await apply(again);
      expect(await live()).toEqual(['Observation/o1', 'Observation/o2', 'Patient/p1']);
      expect(outbox.availability()[`${hospital} ${A} AllergyIntolerance`]).toBe(false);
      expect((await compare(again))[0]?.resources.every(({ action }) => action === 'unchanged')).toBe(true);
    });

    it('never overwrites what the source said since', async () => {
      await apply(
        first,
        message({
          position: 6,
          changes: [laboratory('o1', 'p1', 9), remove('AllergyIntolerance', 'a1', 'p1')],
        }),
      );
      const again = message({
        position: 5,
        replayedBy: '2.0.0',
        changes: [patient('p1', A), laboratory('o1', 'p1', 2), allergy('a1', 'p1')],
      });
      expect((await compare(again))[0]?.resources).toMatchObject([
        { action: 'unchanged' },
        { action: 'unchanged', supersededBy: 'newer-message' },
        { action: 'unchanged', supersededBy: 'newer-message' },
      ]);
      await apply(again);
      expect(await live()).toEqual(['Observation/o1', 'Patient/p1']);
      const [observation] = rowsOf<{ value: string }>(
        await record.dataSource.query(
          `SELECT body::json #>> '{valueQuantity,value}' AS value FROM resource WHERE id = 'o1'`,
        ),
      );
      expect(observation?.value).toBe('9');
    });

    it('leaves alone what a later message stated again', async () => {
      await apply(first, message({ position: 6, changes: [allergy('a1', 'p1')] }));
      await apply(message({ position: 5, replayedBy: '1.1.0', changes: [patient('p1', A)] }));
      expect(await live()).toEqual(['AllergyIntolerance/a1', 'Patient/p1']);
    });

    it('of one mapping version holds when it is the latest', async () => {
      await apply(first);
      const values = (value: number, version: string): NormalisedEvent =>
        message({
          position: 5,
          replayedBy: version,
          changes: [laboratory('o1', 'p1', value), patient('p1', A)],
        });
      const [earlier, later] = [values(2, '1.0.0+20261122070000000'), values(3, '1.0.0+20261122080000000')];
      await apply(later, earlier);
      const [observation] = rowsOf<{ value: string }>(
        await record.dataSource.query(
          `SELECT body::json #>> '{valueQuantity,value}' AS value FROM resource WHERE id = 'o1'`,
        ),
      );
      expect(observation?.value).toBe('3');
    });

    it('shows its difference to the care provider itself only', async () => {
      await apply(first);
      const foreign = await inTenant(record.dataSource, pharmacy, (transaction) =>
        compareMessages(transaction, [{ ...first, tenant: pharmacy }], keyring),
      );
      expect(foreign[0]?.resources.map(({ action }) => action)).toEqual(['created', 'created', 'created']);
      expect(JSON.stringify(await compare(first))).not.toMatch(/Jansen|900186021/);
    });
  });

  describe('one BSN on two persons', () => {
    const jansen = message({ position: 1, changes: [patient('p1', A, 'Jansen', '1970-01-01')] });
    const deBoer = (accepting?: readonly string[]): NormalisedEvent =>
      message({
        position: 2,
        changes: [patient('p2', A, 'De Boer', '1981-12-31'), allergy('a1', 'p2')],
        ...(accepting === undefined ? {} : { accepting }),
      });

    it('is held with its reason, in one chunk and in two, and the rest goes on', async () => {
      for (const chunks of [[[jansen, deBoer()]], [[jansen], [deBoer()]]]) {
        outbox = new RememberedEvents();
        for (const chunk of chunks) await apply(...chunk);
        await apply(message({ position: 3, changes: [patient('p3', B)] }));
        expect(outbox.events.filter(({ type }) => type === 'record.rejected')).toMatchObject([
          { payload: { stage: 'record', issues: [{ code: 'conflicting-demographics' }] } },
        ]);
        expect(await live()).toEqual(['Patient/p1', 'Patient/p3']);
        expect(JSON.stringify(outbox.events)).not.toMatch(/Boer|1981/);
      }
      expect((await compare(deBoer()))[0]).toMatchObject({
        outcome: 'rejected',
        issues: [{ code: 'conflicting-demographics' }],
      });
    });

    it('is applied once a person has judged it', async () => {
      await apply(jansen, deBoer(['conflicting-demographics']));
      expect(await live()).toEqual(['AllergyIntolerance/a1', 'Patient/p1', 'Patient/p2']);
    });

    it('is no conflict when either of the two agrees', async () => {
      await apply(jansen, message({ position: 2, changes: [patient('p2', A, 'De Boer', '1970-01-01')] }));
      await apply(message({ position: 3, changes: [patient('p1', A, 'Jansen', '1970-01-10')] }));
      expect(await live()).toEqual(['Patient/p1', 'Patient/p2']);
    });

    it('is no matter between care providers', async () => {
      await apply(
        jansen,
        message({ position: 1, tenant: pharmacy, changes: [patient('p2', A, 'De Boer', '1981-12-31')] }),
      );
      expect(outbox.events.filter(({ type }) => type === 'record.rejected')).toEqual([]);
    });
  });

  it('lets registrations follow a merge before either is known, a chain, and its undoing', async () => {
    await apply(message({ position: 3, merges: [{ survivor: 'p2', replaced: 'p1' }] }));
    await apply(message({ position: 4, merges: [{ survivor: 'p3', replaced: 'p2' }] }));
    await apply(message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }));
    await apply(message({ position: 2, changes: [patient('p3', B)] }));
    expect(outbox.availability()).toMatchObject({ [`${hospital} ${B} AllergyIntolerance`]: true });
    expect(outbox.availability()[`${hospital} ${A} AllergyIntolerance`]).not.toBe(true);
    await apply(message({ position: 5, merges: [{ survivor: 'p2', replaced: 'p1', undone: true }] }));
    expect(outbox.availability()).toMatchObject({
      [`${hospital} ${A} AllergyIntolerance`]: true,
      [`${hospital} ${B} AllergyIntolerance`]: false,
    });
    // The merge again, replayed: it was undone since.
    await apply(message({ position: 3, replayedBy: '2.0.0', merges: [{ survivor: 'p2', replaced: 'p1' }] }));
    expect(outbox.availability()).toMatchObject({ [`${hospital} ${A} AllergyIntolerance`]: true });
  });
});
