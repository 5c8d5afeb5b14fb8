import { toStu3, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { coded, loinc, snomed } from './support/fhir-elements.js';
import { accept, fhir, puts, resources, type Accepted } from './support/messages.js';
import { statusBundle, statuses } from './support/odd-sources.js';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'https://noord.example/patients', value: '4711' }],
};
const subject = { reference: 'Patient/p1' };
const medicationCodeableConcept = { text: 'digoxine' };

const stu3Of = (all: readonly unknown[]): SourceMessage => ({
  ...fhir({ resourceType: 'Bundle', type: 'collection', entry: all.map((resource) => ({ resource })) }),
  format: 'fhir-stu3',
});
const stu3 = (...of: object[]): SourceMessage => stu3Of([patient, ...of]);
const forward = (resource: object): Accepted => accept(stu3(resource));

describe('what STU3 says with a flag beside the status', () => {
  it.each([
    [
      {
        resourceType: 'MedicationAdministration',
        notGiven: true,
        reasonNotGiven: [{ text: 'weigert' }],
        medicationCodeableConcept,
        effectiveDateTime: '2024-01-01',
      },
      { status: 'not-done', statusReason: [{ text: 'weigert' }] },
    ],
    [
      {
        resourceType: 'MedicationDispense',
        notDone: true,
        notDoneReasonCodeableConcept: { text: 'op' },
        medicationCodeableConcept,
      },
      { status: 'declined', statusReasonCodeableConcept: { text: 'op' } },
    ],
    [
      {
        resourceType: 'Procedure',
        notDone: true,
        notDoneReason: { text: 'te ziek' },
        code: coded(snomed, '80146002'),
      },
      { status: 'not-done', statusReason: { text: 'te ziek' } },
    ],
    [{ resourceType: 'MedicationStatement', taken: 'n', medicationCodeableConcept }, { status: 'not-taken' }],
  ])('is a status: %#', (resource, expected) => {
    const { resourceType } = resource;
    const all = forward({ id: 'x', status: 'completed', subject, ...resource });
    expect(resources(all, resourceType)).toMatchObject([expected]);
    const wrong = forward({ id: 'x', subject, ...resource, status: 'entered-in-error' });
    expect(resources(wrong, resourceType)).toMatchObject([{ status: 'entered-in-error' }]);
  });

  it('is not "in use" where it is not known whether it was taken', () => {
    const statement = { resourceType: 'MedicationStatement', id: 'x', status: 'active', taken: 'unk' };
    const all = forward({ ...statement, subject, medicationCodeableConcept });
    expect(resources(all, 'MedicationStatement')).toMatchObject([{ status: 'unknown' }]);
  });

  it('stays a prohibition', () => {
    const activity = [{ detail: { status: 'not-started', prohibited: true, description: 'tillen' } }];
    const plan = {
      resourceType: 'CarePlan',
      id: 'x',
      status: 'suspended',
      intent: 'plan',
      subject,
      activity,
    };
    expect(resources(forward(plan), 'CarePlan')).toMatchObject([
      { status: 'on-hold', activity: [{ detail: { doNotPerform: true } }] },
    ]);
  });
});

describe('requests of STU3', () => {
  it.each([
    ['suspended', 'on-hold'],
    ['cancelled', 'revoked'],
  ])('that are %s are %s', (status, expected) => {
    const request = { resourceType: 'ProcedureRequest', id: 'x', status, intent: 'order', subject };
    expect(
      resources(forward({ ...request, code: coded(snomed, '80146002') }), 'ServiceRequest'),
    ).toMatchObject([{ status: expected }]);
  });

  it('for a diet say by their status what R4 says by the intent', () => {
    const order = { resourceType: 'NutritionOrder', id: 'x', patient: subject, dateTime: '2024' };
    expect(resources(forward({ ...order, status: 'proposed' }), 'NutritionOrder')).toMatchObject([
      { status: 'active', intent: 'proposal' },
    ]);
  });
});

it.each(['49581000146104', '275711006'])(
  'a result by the category %s is one of the laboratory',
  (category) => {
    const result = {
      resourceType: 'Observation',
      id: 'x',
      status: 'final',
      subject,
      code: coded(loinc, '2345-7'),
    };
    const [made] = resources(forward({ ...result, category: [coded(snomed, category)] }), 'Observation');
    expect(JSON.stringify(made?.['meta'])).toContain('nl-core-LaboratoryTestResult');
  },
);

/** Statuses of R4 for which STU3 has one name less. */
const merged: Readonly<Record<string, string>> = {
  'MedicationDispense cancelled': 'declined',
  'NutritionOrder revoked': 'revoked',
};

describe('there and back', () => {
  const made = puts(accept(fhir(statusBundle())));
  const known = made.find(({ resource }) => resource.resourceType === 'Patient')?.resource;
  it.each(Object.keys(statuses))('%s says the same', (type) => {
    for (const { resource } of made.filter(({ resource }) => resource.resourceType === type)) {
      const status = String(resource['status']);
      const back = accept(stu3Of([known, toStu3(resource)]));
      const again = resources(back, type).map((one) => one['status']);
      expect(again, status).toEqual([merged[`${type} ${status}`] ?? status]);
    }
  });

  it('a prohibition to give stays one, for a reader who knows no such element too', () => {
    const request = {
      resourceType: 'MedicationRequest',
      id: 'x',
      status: 'active',
      intent: 'order',
      subject,
    };
    const [there] = resources(
      accept(
        fhir({
          resourceType: 'Bundle',
          type: 'collection',
          entry: [patient, { ...request, doNotPerform: true, medicationCodeableConcept }].map((resource) => ({
            resource,
          })),
        }),
      ),
      'MedicationRequest',
    );
    if (there === undefined) throw new Error('No prescription');
    const earlier = toStu3(there) as object;
    expect(earlier).not.toHaveProperty('doNotPerform');
    expect(earlier).toMatchObject({ modifierExtension: [{ valueBoolean: true }] });
    expect(resources(forward({ ...earlier, subject }), 'MedicationRequest')).toMatchObject([
      { doNotPerform: true },
    ]);
  });
});
