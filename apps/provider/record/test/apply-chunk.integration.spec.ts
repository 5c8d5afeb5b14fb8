import fc from 'fast-check';
import { inTransaction, rowsOf } from '@samenhang/persistence';
import type { RecordChange } from '@samenhang/data-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChunk } from '../src/intake/apply-chunk.js';
import type { NormalisedEvent } from '../src/intake/check-message.js';
import {
  allergy,
  hospital,
  handles,
  keyring,
  laboratory,
  mention,
  message,
  openRecord,
  patient,
  pharmacy,
  put,
  RememberedEvents,
  remove,
  vault,
} from './record-builders.js';

const A = '900186021';
const B = '999901370';

describe('applying normalised messages', () => {
  let record: Awaited<ReturnType<typeof openRecord>>;
  let outbox: RememberedEvents;

  beforeAll(async () => void (record = await openRecord()));
  afterAll(() => record.close());
  beforeEach(reset);

  async function reset() {
    outbox = new RememberedEvents();
    await record.dataSource.query(
      'TRUNCATE resource, resource_history, patient, patient_identifier, citizen_number, fact_count, availability',
    );
  }
  const apply = (...events: NormalisedEvent[]) =>
    inTransaction(record.dataSource, (transaction) =>
      applyChunk(transaction, events, { keyring, vault, handles, outbox }),
    );
  const rows = async <T = Record<string, unknown>>(sql: string) =>
    rowsOf<T>(await record.dataSource.query(sql));

  /** What can be seen from outside: contents, who is one person with whom, and what is said to be available. */
  async function endState() {
    return {
      resources: await rows(
        `SELECT tenant, type, id, deleted, encode(content_hash, 'hex') AS hash, category FROM resource ORDER BY 1, 2, 3`,
      ),
      persons:
        await rows(`SELECT tenant, array_agg(patient_id ORDER BY patient_id) AS patients, max(bsn_key) AS bsn,
        array_agg(DISTINCT (SELECT r.patient_id FROM patient r WHERE r.id = p.root)) AS roots
        FROM patient p GROUP BY tenant, coalesce(bsn_key, root::text) ORDER BY 1, 2`),
      counts: await rows(
        `SELECT p.patient_id, c.category, c.facts FROM fact_count c JOIN patient p ON p.id = c.patient_key WHERE facts <> 0 ORDER BY 1, 2`,
      ),
      available: await rows(
        `SELECT tenant, bsn_key, category FROM availability WHERE available ORDER BY 1, 2, 3`,
      ),
      identifiers: await rows(
        `SELECT i.identifier_key, p.patient_id FROM patient_identifier i JOIN patient p ON p.id = i.patient_key ORDER BY 1, 2`,
      ),
      said: Object.fromEntries(
        Object.entries(outbox.availability())
          .filter(([, available]) => available)
          .sort(),
      ),
    };
  }

  it('holds a message that would replace what another source stated of a patient', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), laboratory('o1', 'p1', 4.1)] }));
    const before = await endState();
    const forged = message({ position: 2, source: 'lab', changes: [laboratory('o1', 'p1', 9.9)] });
    await apply(forged);
    expect(await endState()).toEqual(before);
    expect(
      outbox.events.filter(({ type }) => type === 'record.rejected').map(({ payload }) => payload),
    ).toMatchObject([
      { messageId: forged.payload.messageId, issues: [{ code: 'resource-of-another-source' }] },
    ]);
  });

  it('stores versions, and none for the same content in a new message', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), laboratory('o1', 'p1', 4.1)] }));
    await apply(message({ position: 2, changes: [laboratory('o1', 'p1', 4.1)] }));
    await apply(message({ position: 3, changes: [laboratory('o1', 'p1', 4.5)] }));
    expect(
      await rows(
        `SELECT version, source_position, body::json -> 'meta' ->> 'versionId' AS stated FROM resource WHERE id = 'o1'`,
      ),
    ).toEqual([{ version: 2, source_position: 3, stated: '2' }]);
    expect(await rows(`SELECT version FROM resource_history WHERE id = 'o1'`)).toEqual([{ version: 1 }]);
  });

  it('keeps every version of one chunk and lets no older message overwrite a newer one', async () => {
    await apply(
      message({ position: 5, changes: [patient('p1', A), laboratory('o1', 'p1', 5)] }),
      message({ position: 6, changes: [laboratory('o1', 'p1', 6)] }),
      message({ position: 7, changes: [laboratory('o1', 'p1', 7)] }),
    );
    await apply(message({ position: 2, changes: [laboratory('o1', 'p1', 2)] }));
    const values = `(body::json -> 'valueQuantity' ->> 'value')::int AS value`;
    expect(await rows(`SELECT version, ${values} FROM resource WHERE id = 'o1'`)).toEqual([
      { version: 3, value: 7 },
    ]);
    expect(await rows(`SELECT version, ${values} FROM resource_history WHERE id = 'o1' ORDER BY 1`)).toEqual([
      { version: 1, value: 5 },
      { version: 2, value: 6 },
    ]);
  });

  it('lets a mention never replace a description, whichever comes first', async () => {
    const families = () =>
      rows<{ family: string }>(
        `SELECT body::json #>> '{name,0,family}' AS family FROM resource WHERE id = 'p1'`,
      );
    await apply(message({ position: 2, changes: [mention(patient('p1', A, 'Vermeld'))] }));
    await apply(message({ position: 3, changes: [mention(patient('p1', A, 'Later'))] }));
    expect(await families()).toEqual([{ family: 'Later' }]);
    await apply(message({ position: 1, changes: [patient('p1', A, 'Beschreven')] }));
    await apply(message({ position: 4, changes: [mention(patient('p1', A, 'Vermeld'))] }));
    expect(await families()).toEqual([{ family: 'Beschreven' }]);
    await apply(message({ position: 5, changes: [remove('Patient', 'p1', 'p1')] }));
    await apply(message({ position: 6, changes: [mention(patient('p1', A, 'Terug'))] }));
    expect(await families()).toEqual([{ family: 'Terug' }]);
  });

  it('says when the first fact of a category appears and when the last one goes', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A)] }));
    expect(outbox.events).toEqual([]);
    await apply(message({ position: 2, changes: [laboratory('o1', 'p1', 4), laboratory('o2', 'p1', 5)] }));
    expect(outbox.availability()).toEqual({
      [`${hospital} ${A} ObservationLaboratory`]: true,
      [`${hospital} ${A} Patient`]: true,
    });
    await apply(message({ position: 3, changes: [remove('Observation', 'o1', 'p1')] }));
    expect(outbox.events.filter(({ type }) => type === 'availability.changed')).toHaveLength(2);
    await apply(message({ position: 4, changes: [remove('Observation', 'o2', 'p1')] }));
    expect(outbox.availability()).toEqual({
      [`${hospital} ${A} ObservationLaboratory`]: false,
      [`${hospital} ${A} Patient`]: false,
    });
    await apply(message({ position: 5, changes: [laboratory('o3', 'p1', 4)] }));
    const revisions = outbox.events.flatMap(({ payload }) =>
      'revision' in payload && 'category' in payload && payload.category === 'Patient'
        ? [payload.revision]
        : [],
    );
    expect(revisions).toEqual([1, 2, 3]);
    for (const event of outbox.events) expect(event.key).not.toContain(A);
  });

  it('says it only once the BSN is known', async () => {
    await apply(message({ position: 1, changes: [allergy('a1', 'p1')] }));
    expect(outbox.events).toEqual([]);
    await apply(message({ position: 2, changes: [patient('p1', null)] }));
    expect(outbox.events).toEqual([]);
    await apply(message({ position: 3, changes: [patient('p1', A)] }));
    expect(Object.keys(outbox.availability()).sort()).toEqual(
      [`${hospital} ${A} AllergyIntolerance`, `${hospital} ${A} Patient`].sort(),
    );
  });

  it('moves what is available with a corrected BSN', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }));
    await apply(message({ position: 2, changes: [patient('p1', B)] }));
    expect(outbox.availability()).toEqual({
      [`${hospital} ${A} AllergyIntolerance`]: false,
      [`${hospital} ${A} Patient`]: false,
      [`${hospital} ${B} AllergyIntolerance`]: true,
      [`${hospital} ${B} Patient`]: true,
    });
  });

  it('takes Patients of one tenant with the same BSN for one person, and never across tenants', async () => {
    await apply(
      message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }),
      message({ position: 1, source: 'lab', changes: [patient('p2', A), laboratory('o1', 'p2', 4)] }),
      message({ position: 1, tenant: pharmacy, changes: [patient('p1', A), allergy('a1', 'p1')] }),
    );
    const { persons } = await endState();
    expect(persons.map((person) => person['patients'])).toEqual([['p1', 'p2'], ['p1']]);
    expect(new Set(persons.map((person) => person['bsn'])).size).toBe(2);
  });

  it('joins merged Patients, both sides re-evaluated, late messages on the old id included', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), patient('p2', B), allergy('a1', 'p1')] }));
    await apply(message({ position: 2, merges: [{ survivor: 'p2', replaced: 'p1' }] }));
    expect(outbox.availability()).toMatchObject({
      [`${hospital} ${A} AllergyIntolerance`]: false,
      [`${hospital} ${B} AllergyIntolerance`]: true,
    });
    await apply(message({ position: 3, changes: [laboratory('o1', 'p1', 4)] }));
    expect(outbox.availability()).toMatchObject({ [`${hospital} ${B} ObservationLaboratory`]: true });
  });

  it('survives merges onto itself and in a circle', async () => {
    const applied = await apply(
      message({ position: 1, changes: [patient('p1', A)], merges: [{ survivor: 'p1', replaced: 'p1' }] }),
    );
    expect(applied.selfMerges).toHaveLength(1);
    await apply(
      message({ position: 2, changes: [patient('p2', null)], merges: [{ survivor: 'p2', replaced: 'p1' }] }),
    );
    await apply(message({ position: 3, merges: [{ survivor: 'p1', replaced: 'p2' }] }));
    expect((await endState()).persons).toEqual([
      expect.objectContaining({ patients: ['p1', 'p2'], roots: ['p1'] }),
    ]);
  });

  it('rejects a message it cannot apply and applies the others', async () => {
    const foreign = put({ resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p9' } }, 'p1');
    const applied = await apply(
      message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }),
      message({ position: 2, changes: [foreign] }),
      message({ position: 3, changes: [put({ resourceType: 'Condition', id: 'c 2' }, 'p1')] }),
      message({ position: 4, changes: [put({ resourceType: 'Condition', id: 'c3' }, null)] }),
    );
    expect(applied.rejected).toBe(3);
    expect(outbox.events.filter(({ type }) => type === 'record.rejected')).toHaveLength(3);
    expect((await endState()).resources).toHaveLength(2);
  });

  it('keeps decimals as the source wrote them', async () => {
    const potassium = laboratory('l1', 'p1', 4);
    if (potassium.action !== 'put') return;
    const exact = { ...potassium, body: potassium.body.replace('"value":4', '"value":4.10') };
    await apply(message({ position: 1, changes: [patient('p1', A), exact] }));
    const [stored] = await rows<{ body: string }>("SELECT body FROM resource WHERE id = 'l1'");
    expect(stored?.body).toContain('"value":4.10,');
  });

  it('refuses a body that is not the resource it is said to be', async () => {
    const bodies = ['{"resourceType":"Condition","id":"l1"}', '{"resourceType"', 'null', '[]'];
    const applied = await apply(
      ...bodies.map((body, position) =>
        message({ position, changes: [{ ...laboratory('l1', 'p1', 4), body } as RecordChange] }),
      ),
    );
    expect(applied.rejected).toBe(bodies.length);
  });

  it('keeps the BSN out of every table but the bodies of Patients', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }));
    for (const table of ['patient', 'patient_identifier', 'citizen_number', 'fact_count', 'availability']) {
      expect(JSON.stringify(await rows(`SELECT t::text AS row FROM ${table} t`))).not.toContain(A);
    }
    const sealed = await rows<{ sealed: Buffer; bsn_key: string }>(
      'SELECT bsn_key, sealed FROM citizen_number',
    );
    expect(sealed[0]?.sealed.includes(A)).toBe(false);
    expect(vault.open(hospital, sealed[0]?.bsn_key ?? '', sealed[0]?.sealed ?? Buffer.alloc(0))).toBe(A);
    expect(() =>
      vault.open(pharmacy, sealed[0]?.bsn_key ?? '', sealed[0]?.sealed ?? Buffer.alloc(0)),
    ).toThrow();
  });

  it('uses a fixed number of statements, however large the chunk', async () => {
    const count = async (size: number) => {
      let statements = 0;
      await inTransaction(record.dataSource, (transaction) => {
        const counted = {
          query: <R>(sql: string, parameters?: unknown[]) => (
            statements++,
            transaction.query<R>(sql, parameters)
          ),
        };
        const events = Array.from({ length: size }, (_, n) =>
          message({
            position: n + 1,
            changes: [patient(`q${n}`, null), allergy(`qa${n}`, `q${n}`)],
            merges: [{ survivor: 'q0', replaced: `q${n}` }],
          }),
        );
        return applyChunk(counted, events, { keyring, vault, handles, outbox });
      });
      return statements;
    };
    expect(await count(2)).toBe(await count(300));
  });

  it('ends in the same state whatever the order, the chunks and the repetitions', async () => {
    const id = (prefix: string, count: number) =>
      fc.integer({ min: 1, max: count }).map((n) => `${prefix}${n}`);
    const change = fc.oneof(
      fc.tuple(id('p', 4), fc.constantFrom(A, B, null)).map(([p, bsn]) => patient(p, bsn)),
      fc.tuple(id('p', 4), fc.constantFrom(A, B, null)).map(([p, bsn]) => mention(patient(p, bsn))),
      fc.tuple(id('a', 4), id('p', 4)).map(([a, p]) => allergy(a, p)),
      fc
        .tuple(id('o', 4), id('p', 4), fc.integer({ min: 1, max: 3 }))
        .map(([o, p, value]) => laboratory(o, p, value)),
      fc.tuple(id('o', 4), id('p', 4)).map(([o, p]) => remove('Observation', o, p)),
    );
    const merge = fc
      .tuple(id('p', 4), id('p', 4), fc.boolean())
      .map(([survivor, replaced, undone]) =>
        undone ? { survivor, replaced, undone } : { survivor, replaced },
      );
    const parts = fc.record({
      changes: fc.array(change, { maxLength: 3 }),
      merges: fc.array(merge, { maxLength: 1 }),
    });
    const scenario = fc
      .array(parts, { minLength: 2, maxLength: 10 })
      .map((list) => list.map((item, index) => message({ position: index + 1, ...item })))
      .chain((events) =>
        fc.record({
          events: fc.constant(events),
          shuffled: fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
          again: fc.subarray(events),
          chunk: fc.integer({ min: 1, max: events.length }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(scenario, async ({ events, shuffled, again, chunk }) => {
        await reset();
        for (const event of events) await apply(event);
        const expected = await endState();
        await reset();
        const delivered = [...shuffled, ...again];
        for (let start = 0; start < delivered.length; start += chunk)
          await apply(...delivered.slice(start, start + chunk));
        expect(await endState()).toEqual(expected);
        expect(expected.said).toEqual(
          Object.fromEntries(Object.keys(expected.said).map((key) => [key, true])),
        );
        expect(Object.keys(expected.said)).toHaveLength(expected.available.length);
      }),
      { numRuns: 60 },
    );
  });
});
