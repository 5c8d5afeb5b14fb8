import { normaliseMessage, toStu3, type SourceMessage } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { accept, fhir, only, profile, puts, resources } from './support/messages.js';
import { sourceBundle } from './support/fhir-resources.js';
import { stu3Bundle } from './support/stu3-resources.js';

const stu3 = (content: unknown): SourceMessage => ({ ...fhir(content), format: 'fhir-stu3' });
const result = accept(stu3(stu3Bundle()));
const terminology = 'http://terminology.hl7.org/CodeSystem';

describe('BgZ 2017 in STU3', () => {
  it('is BgZ 2020 in R4, all of it in its profiles', () => {
    expect(puts(result).filter(({ resource }) => resource['meta'] === undefined)).toEqual([]);
    const left = puts(result).filter(
      ({ resource }) => (resource['meta'] as { profile?: string[] }).profile === undefined,
    );
    expect(left.map(({ resource }) => resource.resourceType)).toEqual([]);
    expect(result.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('has statuses as concepts, and roles for practitioners', () => {
    expect(only(result, 'Condition')).toMatchObject({
      clinicalStatus: {
        coding: [{ system: `${terminology}/condition-clinical`, code: 'active' }, { code: '55561003' }],
      },
      verificationStatus: { coding: [{ code: 'confirmed' }, { code: '410605003' }] },
      recordedDate: '2018-02-03',
      encounter: { reference: `Encounter/${only(result, 'Encounter').id}` },
      asserter: { reference: `PractitionerRole/${only(result, 'PractitionerRole').id}` },
    });
  });

  it('has the name one is called by apart, and a mobile telephone by its code', () => {
    expect(only(result, 'Patient')).toMatchObject({
      name: [
        { use: 'official', family: 'de Boer', given: ['A.'] },
        { use: 'usual', given: ['Anneke'] },
      ],
      telecom: [
        { system: 'phone', _system: { extension: [{ valueCodeableConcept: { coding: [{ code: 'MC' }] } }] } },
      ],
      maritalStatus: { coding: [{ system: `${terminology}/v3-MaritalStatus`, code: 'M' }], text: 'Gehuwd' },
    });
  });

  it('has directives in the provision, with what was permitted under a condition in words', () => {
    const [treatment, advance] = resources(result, 'Consent');
    expect(treatment).toMatchObject({
      meta: { profile: profile('nl-core-TreatmentDirective2') },
      modifierExtension: [{ valueString: 'Eerst overleg' }],
      provision: { code: [{ coding: [{ code: '40617009' }] }], period: { start: '2018-04-09' } },
      verification: [{ verified: true, verificationDate: '2018-04-09' }],
    });
    expect(treatment?.['provision']).not.toHaveProperty('type');
    expect(advance).toMatchObject({
      provision: {
        code: [{ coding: [{ code: 'NR' }] }],
        actor: [{ role: { coding: [{ code: 'RESPRSN' }] } }],
      },
    });
  });

  it('has the parts of a living situation as observations of their own', () => {
    const house = resources(result, 'Observation').find(({ meta }) =>
      JSON.stringify(meta).includes('LivingSituation.HouseType'),
    );
    const home = resources(result, 'Observation').find(({ hasMember }) => hasMember !== undefined);
    expect(house).toMatchObject({ valueCodeableConcept: { coding: [{ code: 'EENGEZW' }] } });
    expect(home).toMatchObject({ hasMember: [{ reference: `Observation/${house?.id ?? ''}` }] });
  });

  it.each(['EligibilityRequest', 'ProcessResponse', 'DataElement', 'ExpansionProfile', 'Claim'])(
    'counts a %s as out of scope, whatever name R4 has for it',
    (resourceType) => {
      const { entry } = stu3Bundle() as { entry: object[] };
      const more = [...entry, { resource: { resourceType, id: 'x' } }];
      const { issues, changes } = accept(stu3({ resourceType: 'Bundle', type: 'collection', entry: more }));
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(issues).toContainEqual(
        expect.objectContaining({ code: 'out-of-scope', severity: 'information' }),
      );
      expect(changes).toHaveLength(result.changes.length);
    },
  );

  it('says of a referral, which is care and not read yet, that it is not used', () => {
    const { entry } = stu3Bundle() as { entry: object[] };
    const referral = { resource: { resourceType: 'ReferralRequest', id: 'x', status: 'active' } };
    const { issues } = accept(
      stu3({ resourceType: 'Bundle', type: 'collection', entry: [...entry, referral] }),
    );
    expect(issues).toContainEqual(
      expect.objectContaining({
        code: 'resource-not-used',
        severity: 'error',
        location: `Bundle.entry[${entry.length}].resource`,
      }),
    );
  });

  it('names what R4 has no place for', () => {
    const medication = { resourceType: 'Medication', id: 'm', code: { text: 'x' }, isBrand: true };
    expect(accept(stu3(medication)).issues).toContainEqual(
      expect.objectContaining({ code: 'stu3-element', location: 'Medication.isBrand' }),
    );
  });

  it('of any wrong shape is rejected with a reason', () => {
    for (const content of [null, [], 'x', { resourceType: 'Condition' }, { resourceType: 'Nothing' }]) {
      const outcome = normaliseMessage(stu3(content));
      expect(outcome.outcome).toBe('rejected');
      expect(outcome.issues.map(({ code }) => code)).not.toContain('mapping-failed');
    }
  });
});

describe('zib 2020 as BgZ 2017', () => {
  it('comes back as it went, except for what STU3 has no place for', () => {
    const there = puts(result).map(({ resource }) => resource);
    const entry = there.map((resource) => ({ resource: toStu3(resource) }));
    const back = accept(stu3({ resourceType: 'Bundle', type: 'collection', entry }));
    expect(back.issues.filter(({ severity }) => severity === 'error')).toEqual([]);
    const profiles = (accepted: typeof back): string[] =>
      puts(accepted)
        .map(({ resource }) => JSON.stringify((resource['meta'] as { profile?: string[] }).profile))
        .sort();
    expect(new Set(profiles(back))).toEqual(new Set(profiles(result)));
    expect(only(back, 'Condition')).toMatchObject({
      code: only(result, 'Condition')['code'],
      clinicalStatus: only(result, 'Condition')['clinicalStatus'],
      recordedDate: '2018-02-03',
    });
    expect(only(back, 'MedicationRequest')).toMatchObject({
      dosageInstruction: only(result, 'MedicationRequest')['dosageInstruction'],
      authoredOn: '2020-06-08T10:54:23+02:00',
    });
  });

  it('keeps a rule that is no directive, and decides nothing that was not decided', () => {
    const subject = { reference: 'Patient/p' };
    const bundle = {
      resourceType: 'Bundle',
      type: 'collection',
      entry: [
        { resourceType: 'Patient', id: 'p', identifier: [{ system: 'https://noord.example', value: '1' }] },
        {
          resourceType: 'Consent',
          id: 'privacy',
          status: 'active',
          scope: { coding: [{ system: `${terminology}/consentscope`, code: 'patient-privacy' }] },
          category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
          patient: subject,
          policy: [{ uri: 'https://noord.example/policy' }],
          provision: {
            type: 'deny',
            code: [{ coding: [{ system: 'http://loinc.org', code: '11450-4' }] }],
          },
        },
        {
          resourceType: 'Consent',
          id: 'undecided',
          status: 'active',
          scope: { coding: [{ system: `${terminology}/consentscope`, code: 'treatment' }] },
          category: [{ coding: [{ system: 'http://snomed.info/sct', code: '129125009' }] }],
          patient: subject,
          policy: [{ uri: 'https://noord.example/policy' }],
          provision: { code: [{ coding: [{ system: 'http://snomed.info/sct', code: '89666000' }] }] },
        },
      ].map((resource) => ({ resource })),
    };
    const before = accept(fhir(bundle));
    const entry = puts(before).map(({ resource }) => ({ resource: toStu3(resource) }));
    const [privacy, undecided] = entry.slice(1).map(({ resource }) => resource);
    expect(privacy).toMatchObject({
      category: [{ coding: [{ code: '59284-0' }] }],
      except: [{ type: 'deny', code: [{ code: '11450-4' }] }],
    });
    expect(undecided).not.toHaveProperty('modifierExtension');
    const back = accept(stu3({ resourceType: 'Bundle', type: 'collection', entry }));
    expect(resources(back, 'Consent').map(({ scope, provision }) => ({ scope, provision }))).toEqual(
      resources(before, 'Consent').map(({ scope, provision }) => ({ scope, provision })),
    );
  });

  it('claims the profiles of zib 2017 and asks no R4 element of its reader', () => {
    for (const { resource } of puts(accept(fhir(sourceBundle())))) {
      const before = JSON.stringify(resource);
      const earlier = toStu3(resource);
      expect(JSON.stringify(resource)).toBe(before);
      expect(JSON.stringify(earlier)).not.toMatch(
        /terminology\.hl7\.org\/CodeSystem\/v[23]-|"doseAndRate"|nl-core-Problem/,
      );
    }
    const [treatment] = resources(result, 'Consent').map((resource) => toStu3(resource));
    expect(treatment).toMatchObject({
      meta: { profile: profile('zib-TreatmentDirective') },
      category: [{ coding: [{ code: '11291000146105' }] }],
      except: [{ type: 'deny' }],
    });
  });
});
