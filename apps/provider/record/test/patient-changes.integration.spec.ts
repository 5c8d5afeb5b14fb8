import type { PatientDataChanged } from '@samenhang/data-model';
import { getBsn } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyChunk } from '../src/intake/apply-chunk.js';
import type { NormalisedEvent } from '../src/intake/check-message.js';
import {
  allergy,
  handles,
  hospital,
  keyring,
  laboratory,
  message,
  openRecord,
  patient,
  RememberedEvents,
  remove,
  vault,
} from './record-builders.js';

const A = '900186021';
const B = '999901370';
const handleOf = (bsn: string): string => handles.handleOf(getBsn(bsn));

describe('what is told of changes to those who subscribed', () => {
  let record: Awaited<ReturnType<typeof openRecord>>;
  let position = 0;

  beforeAll(async () => void (record = await openRecord()));
  afterAll(() => record.close());
  beforeEach(() =>
    record.dataSource.query(
      'TRUNCATE resource, resource_history, patient, patient_identifier, citizen_number, fact_count, availability',
    ),
  );

  /** What is published when these changes are applied together. */
  async function told(...changes: Parameters<typeof message>[0]['changes'][]): Promise<PatientDataChanged[]> {
    const outbox = new RememberedEvents();
    const events: NormalisedEvent[] = changes.map((all) =>
      message({ position: (position += 1), changes: all }),
    );
    await inTransaction(record.dataSource, (transaction) =>
      applyChunk(transaction, events, { keyring, vault, handles, outbox }),
    );
    return outbox.events.flatMap(({ type, key, payload }) => {
      if (type !== 'record.patient-changed') return [];
      expect(key).toBe((payload as PatientDataChanged).patientHandle);
      return [payload as PatientDataChanged];
    });
  }
  const factsOf = (events: readonly PatientDataChanged[], bsn: string) =>
    events
      .filter(({ patientHandle }) => patientHandle === handleOf(bsn))
      .flatMap(({ facts }) => facts.map(({ resourceType, id }) => `${resourceType}/${id}`))
      .sort();

  it('names each fact that is new, different or gone, also of a category that was there', async () => {
    const first = await told([patient('p', A), allergy('a', 'p')]);
    expect(factsOf(first, A)).toEqual(['AllergyIntolerance/a']);
    expect(first[0]?.custodian).toBe(hospital);
    expect(factsOf(await told([allergy('b', 'p')]), A)).toEqual(['AllergyIntolerance/b']);
    expect(factsOf(await told([remove('AllergyIntolerance', 'a', 'p')]), A)).toEqual([
      'AllergyIntolerance/a',
    ]);
  });

  it('tells nothing when the same is said again, and nothing of whom nobody can ask for', async () => {
    const same = [patient('p', A), allergy('a', 'p')];
    await told(same);
    expect(await told(same)).toEqual([]);
    expect(await told([patient('q', null), allergy('c', 'q')])).toEqual([]);
  });

  it('tells of each patient apart, without a number in it', async () => {
    const events = await told(
      [patient('p', A), allergy('a', 'p')],
      [patient('q', B), laboratory('l', 'q', 4)],
    );
    expect(factsOf(events, A)).toEqual(['AllergyIntolerance/a']);
    expect(factsOf(events, B)).toEqual(['Observation/l']);
    expect(JSON.stringify(events)).not.toMatch(new RegExp(`${A}|${B}`));
  });

  it('tells of many facts in several events', async () => {
    const many = Array.from({ length: 150 }, (_, n) => allergy(`a${n}`, 'p'));
    const events = await told([patient('p', A), ...many]);
    expect(events.map(({ facts }) => facts.length)).toEqual([100, 50]);
  });
});
