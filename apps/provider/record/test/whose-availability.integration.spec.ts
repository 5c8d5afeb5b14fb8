import { inTransaction } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChunk } from '../src/intake/apply-chunk.js';
import type { NormalisedEvent } from '../src/intake/check-message.js';
import {
  allergy,
  hospital,
  handles,
  keyring,
  laboratory,
  message,
  openRecord,
  patient,
  RememberedEvents,
  vault,
} from './record-builders.js';

const A = '900186021';
const B = '999901370';

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
const said = (bsn: string, category: string) => outbox.availability()[`${hospital} ${bsn} ${category}`];

describe('whose facts are available', () => {
  it('a BSN that was another patient’s: that patient keeps what is their own', async () => {
    await apply(
      message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }),
      message({ position: 2, changes: [patient('p2', A), laboratory('o1', 'p2', 4)] }),
    );
    await apply(message({ position: 3, changes: [patient('p2', B)] }));
    expect(said(A, 'AllergyIntolerance')).toBe(true);
    expect(said(A, 'Patient')).toBe(true);
    expect(said(A, 'ObservationLaboratory')).toBe(false);
    expect(said(B, 'ObservationLaboratory')).toBe(true);
    expect(said(B, 'Patient')).toBe(true);
  });

  it('a corrected BSN: both sides are told in one transaction, what is gone first', async () => {
    const facts = ['a1', 'a2'].map((id) => allergy(id, 'p1'));
    await apply(message({ position: 1, changes: [patient('p1', A), ...facts, laboratory('o1', 'p1', 4)] }));
    const before = outbox.events.length;
    const publications = outbox.publications;
    await apply(message({ position: 2, changes: [patient('p1', B)] }));
    const told = outbox.events
      .slice(before)
      .map(({ payload }) => payload as { bsn: string; available: boolean });
    expect(told.map(({ bsn, available }) => `${bsn} ${String(available)}`)).toEqual([
      ...Array.from({ length: 3 }, () => `${A} false`),
      ...Array.from({ length: 3 }, () => `${B} true`),
    ]);
    expect(outbox.publications - publications).toBe(1);
  });

  it('a merge of two with the same category: the replaced BSN’s goes, the survivor’s is not said again', async () => {
    await apply(
      message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }),
      message({ position: 2, changes: [patient('p2', B), allergy('a2', 'p2')] }),
    );
    const before = outbox.events.length;
    await apply(message({ position: 3, merges: [{ survivor: 'p2', replaced: 'p1' }] }));
    expect(said(A, 'AllergyIntolerance')).toBe(false);
    expect(said(A, 'Patient')).toBe(false);
    const later = outbox.events.slice(before).map(({ payload }) => (payload as { bsn?: string }).bsn);
    expect(new Set(later)).toEqual(new Set([A]));
  });

  it('a merge that is overruled by a later one the other way round', async () => {
    await apply(
      message({ position: 1, changes: [patient('p1', A), patient('p2', B), allergy('a1', 'p1')] }),
      message({ position: 2, merges: [{ survivor: 'p2', replaced: 'p1' }] }),
    );
    expect(said(B, 'AllergyIntolerance')).toBe(true);
    await apply(message({ position: 3, merges: [{ survivor: 'p1', replaced: 'p2' }] }));
    expect(said(A, 'AllergyIntolerance')).toBe(true);
    expect(said(B, 'AllergyIntolerance')).toBe(false);
  });

  it('a BSN that is taken back: nothing is available of anybody', async () => {
    await apply(message({ position: 1, changes: [patient('p1', A), allergy('a1', 'p1')] }));
    await apply(message({ position: 2, changes: [patient('p1', null)] }));
    expect(said(A, 'AllergyIntolerance')).toBe(false);
    expect(said(A, 'Patient')).toBe(false);
  });
});
