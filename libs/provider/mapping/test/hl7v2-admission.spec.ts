import { describe, expect, it } from 'vitest';
import {
  accept,
  bareAdmission,
  codes,
  hl7,
  msh,
  only,
  profile,
  puts,
  resources,
  sourceUri,
} from './support/messages.js';

const full = [
  msh('ADT^A01^ADT_A01'),
  'EVN|A01|20260301120000',
  'PID|1||1234567^^^^PI~900186021^^^NLMINBIZA^NNNLD~^^^NLMINBIZA^NNNLD||Jansen - de Vries&de&Vries&&Jansen^Anna^M.E.^^Mw.^^L~^Annie^^^^^D||19650300|F|||Dorpsstraat 38 a&Dorpsstraat&38^a^Zwolle^^8011AB^NL^H~Postbus 12^^Zwolle^^8000AA^NL^M||038-1234567^PRN^PH~06-12345678^ORN^CP~^NET^Internet^anna@example.nl|038-7654321^WPN^PH|nl|M',
  'PD1||||01001234^de Boer^P^^^^^^VEKTIS',
  'NK1|1|Jansen^Piet^^^^^L|SPO||06-87654321^ORN^CP||C||||||||M',
  'PV1|1|I|5A^12^2^NOORD||||03012345^van den Berg^K.L.^^^^^^VEKTIS|19012345601^Smit^A^^^^^^BIG|||||||||012345678^Bos^B^^^^^^UZI||V1^^^NOORD^VN|||||||||||||||||||||||||202603011130',
  'AL1|1|DA|764146007^Penicilline^SCT|SV|39579001^anafylaxie^SCT|201505',
  'DG1|1||I21.0^Acuut myocardinfarct^I10||20260301|W',
];

describe('an admission of a Dutch hospital', () => {
  const result = accept(hl7(...full));
  const patient = only(result, 'Patient');

  it('gives the patient with local number and BSN, and nothing for a BSN without a number', () => {
    expect(patient['meta']).toEqual({ source: sourceUri, profile: profile('nl-core-Patient') });
    expect(patient['identifier']).toMatchObject([
      { system: 'https://noord.example/patients', value: '1234567' },
      { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' },
      {
        system: 'urn:ietf:rfc:3986',
        value: `urn:uuid:${patient.id}`,
        assigner: { identifier: { value: '22222222' } },
      },
    ]);
  });

  it('keeps own and partner name with their prefixes, and sees the partner name come first (NL3)', () => {
    expect(patient['name']).toMatchObject([
      {
        use: 'official',
        family: 'Jansen - de Vries',
        given: ['Anna', 'M.E.'],
        text: 'Mw. Anna M.E. Jansen - de Vries',
        extension: [{ valueCode: 'NL3' }],
        _family: {
          extension: [
            { url: expect.stringContaining('own-prefix') as string, valueString: 'de' },
            { url: expect.stringContaining('own-name') as string, valueString: 'Vries' },
            { url: expect.stringContaining('partner-name') as string, valueString: 'Jansen' },
          ],
        },
        _given: [{ extension: [{ valueCode: 'BR' }] }, { extension: [{ valueCode: 'IN' }] }],
      },
      { use: 'usual', given: ['Annie'] },
    ]);
  });

  it('keeps a birth date of which the day is unknown as year and month', () => {
    expect(patient['birthDate']).toBe('1965-03');
    expect(codes(result)).toContain('unknown-parts PID-7');
  });

  it('takes the address apart and tells where the patient lives from where post goes', () => {
    expect(patient['address']).toMatchObject([
      {
        use: 'home',
        line: ['Dorpsstraat 38 a'],
        _line: [{ extension: [{ valueString: 'Dorpsstraat' }, { valueString: '38' }, { valueString: 'a' }] }],
        city: 'Zwolle',
        postalCode: '8011AB',
        _country: {
          extension: [{ valueCodeableConcept: { coding: [{ system: 'urn:iso:std:iso:3166', code: 'NL' }] } }],
        },
      },
      { type: 'postal', line: ['Postbus 12'] },
    ]);
  });

  it('marks a mobile telephone in the code of the zib, and no use that was not said', () => {
    expect(patient['telecom']).toEqual([
      { system: 'phone', value: '038-1234567', use: 'home' },
      {
        system: 'phone',
        value: '06-12345678',
        _system: {
          extension: [
            expect.objectContaining({
              valueCodeableConcept: { coding: [expect.objectContaining({ code: 'MC' })] },
            }),
          ],
        },
      },
      { system: 'email', value: 'anna@example.nl' },
      { system: 'phone', value: '038-7654321', use: 'work' },
    ]);
  });

  it('gives care professionals by AGB, BIG and UZI number as PractitionerRole', () => {
    const systems = resources(result, 'Practitioner').map(
      ({ identifier }) => (identifier as { system: string }[])[0]?.system,
    );
    expect(systems.map((system) => system?.split('/').at(-1))).toEqual([
      'agb-z',
      'agb-z',
      'big',
      'uzi-nr-pers',
    ]);
    const [roles] = only(result, 'Encounter')['participant'] as { individual: { type: string } }[];
    expect(roles?.individual.type).toBe('PractitionerRole');
  });

  it('gives the spouse of a woman whose sex says male as husband', () => {
    expect(only(result, 'RelatedPerson')['relationship']).toMatchObject([
      { coding: [{ code: 'HUSB' }, { code: 'SPO' }] },
      { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472', code: '23' }, { code: 'C' }] },
    ]);
  });

  it('gives the stay with its start in the summer or winter time of that day', () => {
    expect(only(result, 'Encounter')).toMatchObject({
      status: 'in-progress',
      class: { code: 'IMP' },
      period: { start: '2026-03-01T11:30:00+01:00' },
      subject: { reference: `Patient/${patient.id}` },
    });
  });

  it('gives the allergy with its severity as reaction and as the zib has it', () => {
    expect(only(result, 'AllergyIntolerance')).toMatchObject({
      meta: { profile: profile('nl-core-AllergyIntolerance') },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '764146007' }], text: 'Penicilline' },
      category: ['medication'],
      criticality: 'high',
      onsetDateTime: '2015-05',
      reaction: [{ severity: 'severe', manifestation: [{ text: 'anafylaxie' }] }],
    });
  });

  it('gives the working diagnosis in both editions of ICD-10, and no onset that nobody stated', () => {
    const condition = only(result, 'Condition');
    expect(condition).toMatchObject({
      meta: { profile: profile('nl-core-Problem') },
      verificationStatus: { coding: [{ code: 'provisional' }, { code: '415684004' }] },
      code: {
        coding: [
          { system: 'http://hl7.org/fhir/sid/icd-10', code: 'I21.0' },
          { system: 'http://hl7.org/fhir/sid/icd-10-nl', code: 'I21.0' },
        ],
      },
    });
    expect(condition).not.toHaveProperty('onsetDateTime');
  });

  it('files every clinical resource under the patient and none of the supporting ones', () => {
    const supporting = ['Practitioner', 'PractitionerRole', 'Organization', 'Location'];
    for (const { resource, patientId } of puts(result)) {
      expect(patientId).toBe(supporting.includes(resource.resourceType) ? null : patient.id);
    }
  });
});

describe('what the event says of the visit', () => {
  const visit = 'PV1|1|I|||||||||||||||||V1^^^NOORD^VN|||||||||||||||||||||||||202603011130|202603051000';
  it.each([
    ['A03', 'finished', { start: '2026-03-01T11:30:00+01:00', end: '2026-03-05T10:00:00+01:00' }],
    ['A11', 'cancelled', { start: '2026-03-01T11:30:00+01:00', end: '2026-03-05T10:00:00+01:00' }],
    ['A13', 'in-progress', { start: '2026-03-01T11:30:00+01:00' }],
  ])('%s: %s', (trigger, status, period) => {
    const result = accept(hl7(msh(`ADT^${trigger}`), ...bareAdmission.slice(1), visit));
    expect(only(result, 'Encounter')).toMatchObject({ status });
    expect(only(result, 'Encounter')['period']).toEqual(period);
  });

  it('has one id in all events about it', () => {
    const ids = ['A01', 'A02', 'A03', 'A08', 'A11', 'A13'].map(
      (trigger) => only(accept(hl7(msh(`ADT^${trigger}`), ...bareAdmission.slice(1), visit)), 'Encounter').id,
    );
    expect(new Set(ids).size).toBe(1);
  });

  it('gives no visit for a person event', () => {
    expect(resources(accept(hl7(msh('ADT^A31'), ...bareAdmission.slice(1), visit)), 'Encounter')).toEqual([]);
  });
});

describe('what a source does not say', () => {
  it('is not in the resource', () => {
    expect(Object.keys(only(accept(hl7(...bareAdmission)), 'Patient'))).toEqual([
      'resourceType',
      'id',
      'meta',
      'identifier',
      'active',
      'name',
    ]);
  });

  it('is left out where it says "" (delete)', () => {
    const patient = only(
      accept(hl7(...bareAdmission.slice(0, 2), 'PID|1||1234567^^^^PI||Jansen^""^^^^^L||""|""|||""||""')),
      'Patient',
    );
    expect(Object.keys(patient)).toEqual(['resourceType', 'id', 'meta', 'identifier', 'active', 'name']);
    expect(patient['name']).toEqual([{ use: 'official', family: 'Jansen', text: 'Jansen' }]);
  });

  it.each([
    ['T', undefined],
    ['U', undefined],
    ['B', 'U'],
    ['P', 'T'],
    ['W', 'W'],
  ])('marital status %s of table 0002 becomes %s of the zib', (sent, expected) => {
    const fields = Array.from({ length: 11 }, () => '').join('|');
    const patient = only(
      accept(hl7(...bareAdmission.slice(0, 2), `PID|1||1234567^^^^PI||Jansen${fields}|${sent}`)),
      'Patient',
    );
    const status = patient['maritalStatus'] as { coding: { code: string }[] } | undefined;
    expect(status?.coding[0]?.code).toBe(expected);
  });

  it('an allergy that is taken away is deleted under the id it had', () => {
    const iam = (action: string): string => `IAM|1|DA|764146007^Penicilline^SCT|||${action}|AL-9`;
    const added = only(accept(hl7(...bareAdmission, iam('A'))), 'AllergyIntolerance').id;
    const { changes } = accept(hl7(...bareAdmission, iam('D')));
    expect(changes).toContainEqual(
      expect.objectContaining({ action: 'delete', resourceType: 'AllergyIntolerance', id: added }),
    );
  });
});
