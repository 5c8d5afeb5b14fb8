import { getUra } from '@samenhang/data-model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { halvesOf, type PatientGroup } from './patient-group.js';
import type { PendingPatient } from './pending-store.js';

const tenant = getUra('22222222');
const change = fc.record({
  category: fc.constantFrom('Condition', 'Procedure', 'Immunization'),
  desired: fc.boolean(),
});
const group = fc
  .uniqueArray(
    fc.record({
      patientKey: fc.stringMatching(/^[\da-f]{4,8}$/),
      changes: fc.uniqueArray(change, { minLength: 1, selector: ({ category }) => category }),
    }),
    {
      minLength: 1,
      selector: ({ patientKey }) => patientKey,
    },
  )
  .map((patients): PatientGroup => ({
    tenant,
    patients: patients.map((patient) => ({ tenant, claim: 'c', ...patient }) as unknown as PendingPatient),
  }));

const changesOf = (groups: readonly PatientGroup[]): string[] =>
  groups.flatMap(({ patients }) =>
    patients.flatMap(({ patientKey, changes }) =>
      changes.map(({ category, desired }) => `${patientKey} ${category} ${String(desired)}`),
    ),
  );

describe('a group that is refused', () => {
  it('falls into parts that hold the same work, and ends at single changes', () =>
    fc.assert(
      fc.property(group, (whole) => {
        const parts = halvesOf(whole);
        expect(changesOf(parts).sort()).toEqual(changesOf([whole]).sort());
        for (const part of parts) expect(part.tenant).toBe(tenant);
        const single = changesOf([whole]).length === 1;
        expect(parts.length).toBe(single ? 1 : 2);
      }),
    ));

  it('of one patient has what is withdrawn before what is registered', () =>
    fc.assert(
      fc.property(group, ({ patients }) => {
        const [first] = patients;
        if (first === undefined) return;
        const order = halvesOf({ tenant, patients: [first] })
          .flatMap((part) => part.patients)
          .flatMap(({ changes }) => changes.map(({ desired }) => Number(desired)));
        expect(order).toEqual(order.toSorted());
      }),
    ));
});
