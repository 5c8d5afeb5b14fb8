import { describe, expect, it } from 'vitest';
import { coded, loinc, ucum } from './support/fhir-elements.js';
import { accept, codes, fhir, profile, puts, type Put } from './support/messages.js';
import { nastyBundle, nastySystem, result } from './support/nasty-resources.js';

const bundle = nastyBundle() as { entry: { resource: { resourceType: string; id?: string } }[] };
const accepted = accept(fhir(bundle));

/** The put that was made of the resource that the source calls so. */
function made(id: string): Put {
  const { resourceType } = bundle.entry.find(({ resource }) => resource.id === id)?.resource ?? {};
  const own = accept(fhir({ resourceType, id, ...bodyOf(id) }));
  const ids = new Set(puts(own).map(({ resource }) => `${resource.resourceType}/${resource.id}`));
  const [put, ...others] = puts(accepted).filter(
    ({ resource }) => resource.resourceType === resourceType && ids.has(`${resourceType}/${resource.id}`),
  );
  if (put === undefined || others.length > 0) throw new Error(`${others.length} besides one made of ${id}`);
  return put;
}

/** The resource alone, about a patient by number: its id follows from its own. */
function bodyOf(id: string): object {
  const entry = bundle.entry.find(({ resource }) => resource.id === id);
  const known = { identifier: { system: nastySystem, value: '77' }, type: 'Patient' };
  const of = entry !== undefined && 'patient' in entry.resource ? 'patient' : 'subject';
  return { ...entry?.resource, [of]: known };
}

const issuesOf = (id: string): string[] => {
  const place = `Bundle.entry[${bundle.entry.findIndex(({ resource }) => resource.id === id)}].resource`;
  return codes(accepted)
    .filter((line) => line.endsWith(place) || line.includes(`${place}.`))
    .map((line) => line.replace(place, '').trim());
};

describe('a value', () => {
  it.each([
    ['zero', { valueQuantity: { value: 0, comparator: '<', unit: 'mmol/L', system: ucum, code: 'mmol/L' } }],
    ['strange-unit', { valueQuantity: { value: -1, unit: 'frobs' } }],
    ['titre', { valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } } }],
    ['markup', { valueString: 'niet te <b>bepalen</b> & "zo" 😀' }],
    ['false', { valueBoolean: false }],
    ['none', { valueInteger: 0 }],
    ['clock', { valueTime: '08:30:00' }],
    ['year', { effectiveDateTime: '2024' }],
    ['month', { effectiveDateTime: '2024-05' }],
    ['instant', { effectiveInstant: '2024-05-01T10:00:00.123456-05:00' }],
    ['mistaken', { status: 'entered-in-error' }],
    ['long', { valueString: 'a'.repeat(50_000), note: [{ text: 'één\ntwee\n三' }] }],
  ])('stays what it is: %s', (id, expected) => {
    expect(made(id).resource).toMatchObject(expected);
    expect(made(id).resource['meta']).toMatchObject({ profile: profile('nl-core-LaboratoryTestResult') });
  });

  it('of which only the limits are known has units that machines read', () => {
    const limit = { unit: 'mmol/l', system: ucum, code: 'mmol/L' };
    expect(made('limits').resource['valueRange']).toEqual({
      low: { value: 0, ...limit },
      high: { value: 5, ...limit },
    });
    expect(made('zero').resource['referenceRange']).toEqual([
      { low: { value: 4, ...limit }, high: { value: 5.5, ...limit } },
      { text: 'nuchter' },
    ]);
  });

  it('in components stays in each', () => {
    expect(made('parts').resource['component']).toMatchObject([
      { valueQuantity: { value: 0, code: 'mmol/L' } },
      { code: { text: 'x' }, valueBoolean: false },
      { dataAbsentReason: { coding: [{ code: 'masked' }] } },
    ]);
  });

  it('that is converted is kept as it was measured too', () => {
    const { resource } = made('kilopascal');
    expect(resource['component']).toMatchObject([
      { valueQuantity: { value: 120, code: 'mm[Hg]' } },
      { dataAbsentReason: { coding: [{ code: 'unknown' }] } },
    ]);
    expect(resource['note']).toEqual([{ text: 'Systolic measured as 16 kPa' }]);
    expect(issuesOf('kilopascal')).toContain('converted-unit .component');
  });

  it('in a unit that one of two pressures cannot be converted to leaves the other as it was', () => {
    const pressures = [
      { code: coded(loinc, '8480-6'), valueQuantity: { value: 16, system: ucum, code: 'kPa' } },
      { code: coded(loinc, '8462-4'), valueQuantity: { value: 9, unit: 'duim' } },
    ];
    const bloodPressure = result('mixed', {
      category: undefined,
      code: coded(loinc, '85354-9'),
      component: pressures,
    });
    const known = { type: 'Patient', identifier: { system: nastySystem, value: '1' } };
    const observation = puts(accept(fhir({ ...bloodPressure, subject: known }))).find(
      ({ resource }) => resource.resourceType === 'Observation',
    );
    expect(observation?.resource['component']).toEqual(pressures);
  });
});

describe('a period of unequal precision', () => {
  it('is as precise as the lesser, and reported', () => {
    expect(made('stretch').resource['valuePeriod']).toEqual({ start: '2024', end: '2024' });
    expect(issuesOf('stretch')).toContain('reduced-precision');
    expect(made('not-taken').resource['effectivePeriod']).toEqual({ start: '2024-05-12', end: '2024-05-12' });
  });
});

describe('what is denied', () => {
  it.each([
    ['not-taken', { status: 'not-taken' }],
    ['not-to-take', { doNotPerform: true, dispenseRequest: { numberOfRepeatsAllowed: 0 } }],
    ['refused', { status: 'not-done', occurrenceString: 'ooit' }],
    ['not-done', { status: 'not-done', performedString: 'in 1990' }],
    ['answers', { item: [{ linkId: '1', answer: [{ valueBoolean: false }] }] }],
    ['no-allergy', { code: coded('http://snomed.info/sct', '716186003') }],
  ])('stays denied: %s', (id, expected) => {
    expect(made(id).resource).toMatchObject(expected);
  });

  it('a refuted allergy is not active', () => {
    expect(made('refuted-allergy').resource['clinicalStatus']).toMatchObject({
      coding: [{ code: 'inactive' }],
    });
    expect(issuesOf('refuted-allergy')).toContain('derived-clinical-status .clinicalStatus');
  });

  it.each(['mistaken-allergy', 'mistaken-problem'])(
    'an error is an error, whatever status it has: %s',
    (id) => {
      const { resource } = made(id);
      expect(resource['verificationStatus']).toMatchObject({ coding: [{ code: 'entered-in-error' }] });
      expect(resource['clinicalStatus']).toBeUndefined();
    },
  );
});

describe('a patient', () => {
  const named = (value: string): string | undefined =>
    puts(accepted).find(({ resource }) => {
      const { identifier } = resource as { identifier?: { system?: string; value?: string }[] };
      return (
        resource.resourceType === 'Patient' &&
        identifier?.some((one) => one.system === nastySystem && one.value === value) === true
      );
    })?.resource.id;

  it('is found by full URL, version, number and condition', () => {
    expect(made('false').patientId).toBe(named('77'));
    for (const id of ['by-number', 'by-url', 'conditional']) expect(made(id).patientId).toBe(named('78'));
    expect(made('of-contained').patientId).toBe(named('99'));
  });

  it('is one Patient for each number', () => {
    expect(puts(accepted).filter(({ resource }) => resource.resourceType === 'Patient')).toHaveLength(3);
  });

  it('keeps a name in any script, and what is not known of it', () => {
    const [first, second] = puts(accepted).map(({ resource }) => resource);
    expect(first).toMatchObject({
      active: false,
      deceasedBoolean: false,
      multipleBirthBoolean: false,
      name: [{ family: 'محمد 😀 الحسن', given: ['\u202eAnna'] }],
    });
    expect(first).toHaveProperty('_birthDate.extension');
    expect(second).toHaveProperty('name[0]._family.extension');
  });

  it('whose gender is masked has none, and that is reported', () => {
    const masked = {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
    };
    const result = accept(fhir({ resourceType: 'Patient', id: 'p', _gender: masked }));
    expect(puts(result)[0]?.resource).not.toHaveProperty('_gender');
    expect(codes(result)).toContain('invalid-resource Patient.gender');
  });
});

it('a type that FHIR does not have is counted without its name', () => {
  const { observations } = accept(
    fhir({ ...bundle, entry: [...bundle.entry, { resource: { resourceType: 'Jansen' } }, { resource: {} }] }),
  );
  expect(observations).toContainEqual({
    kind: 'resource',
    messageType: 'unknown',
    path: 'unknown',
    used: false,
    count: 2,
  });
  expect(JSON.stringify(observations)).not.toContain('Jansen');
});
