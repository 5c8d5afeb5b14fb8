import type { FhirResource } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import {
  medicationActs,
  nutritionAdvice,
  organizer,
  plan,
  vaccinationsInOneEntry,
  within,
} from './support/cda-acts.js';
import { code, concept, documentOf, id, observation } from './support/cda-statements.js';
import { accept, codes, profile, puts, source, type Accepted } from './support/messages.js';

const loinc = 'codeSystem="2.16.840.1.113883.6.1"';
const read = (document: string): Accepted =>
  accept({ ...source, format: 'cda', content: Buffer.from(document) });

function made(result: Accepted, extension: string): FhirResource | undefined {
  return puts(result).find(({ resource }) =>
    (resource['identifier'] as { value?: string }[] | undefined)?.some(({ value }) => value === extension),
  )?.resource;
}

describe('vaccinations that one entry groups', () => {
  const result = read(vaccinationsInOneEntry);

  it('are given or planned, each as the document says', () => {
    expect(made(result, 'given')).toMatchObject({
      resourceType: 'Immunization',
      meta: { profile: profile('nl-core-Vaccination-event') },
      occurrenceDateTime: '2023-10-11',
    });
    expect(made(result, 'planned')).toMatchObject({
      resourceType: 'ImmunizationRecommendation',
      meta: { profile: profile('nl-core-Vaccination-request') },
      date: '2024-02-28',
      recommendation: [
        {
          vaccineCode: [{ coding: [{ code: 'J07BB02' }] }],
          forecastStatus: { coding: [{ code: 'due' }] },
          dateCriterion: [{ code: { coding: [{ code: '30980-7' }] }, value: '2025-10-11' }],
          description: 'na de vakantie',
        },
      ],
    });
  });

  it('that are called off or not to be given are no recommendation, and that is said with their place', () => {
    expect(made(result, 'off')).toBeUndefined();
    expect(made(result, 'never')).toBeUndefined();
    expect(codes(result)).toEqual(
      expect.arrayContaining([
        'unsupported-entry section[11369-6].entry[0].component[2]',
        'unsupported-entry section[11369-6].entry[0].component[3]',
      ]),
    );
    expect(codes(result).filter((one) => one.startsWith('unsupported'))).toHaveLength(2);
  });
});

describe('medication', () => {
  const result = read(medicationActs);

  it('that was handed over is a dispense, by itself or within what it was handed over for', () => {
    expect(made(result, 'dispense')).toMatchObject({
      resourceType: 'MedicationDispense',
      meta: { profile: profile('mp-MedicationDispense') },
      status: 'completed',
      category: { coding: [{ code: '373784005' }] },
      quantity: { value: 30 },
      whenHandedOver: '2024-03-01T10:30:00+01:00',
      performer: [{ actor: { type: 'PractitionerRole' } }],
    });
    expect(made(result, 'order')).toMatchObject({ resourceType: 'MedicationRequest' });
    expect(made(result, 'filled')).toMatchObject({
      meta: { profile: profile('mp-MedicationDispense') },
      whenHandedOver: '2024-03-02',
    });
  });

  it('that is asked to be handed over is not handed over, and is said not to be used', () => {
    expect(made(result, 'refill')).toBeUndefined();
    expect(codes(result)).toContain('unsupported-entry section[10160-0].entry[1].entryRelationship[1]');
  });

  it('that was given is an administration, and one that was not given says so', () => {
    const given = made(result, 'administration');
    expect(given).toMatchObject({
      resourceType: 'MedicationAdministration',
      meta: { profile: profile('mp-MedicationAdministration2') },
      status: 'completed',
      effectiveDateTime: '2024-03-01T08:00:00+01:00',
      dosage: { route: { coding: [{ code: '9' }] } },
    });
    expect(JSON.stringify(given)).toContain('"dose":{"value":1.50,');
    expect(made(result, 'refused')).toMatchObject({
      resourceType: 'MedicationAdministration',
      status: 'not-done',
    });
  });
});

describe('nutrition advice', () => {
  const result = read(nutritionAdvice);

  it('has its diet, consistency, words and the problem it is for', () => {
    const condition = made(result, 'why');
    expect(condition).toMatchObject({ resourceType: 'Condition', code: { coding: [{ code: '38341003' }] } });
    expect(made(result, 'diet')).toMatchObject({
      resourceType: 'NutritionOrder',
      meta: { profile: profile('nl-core-NutritionAdvice') },
      status: 'active',
      intent: 'proposal',
      dateTime: '2024-03-01',
      oralDiet: { type: [{ text: 'zoutarm' }], texture: [{ modifier: { text: 'gemalen' } }] },
      note: [{ text: 'tot de volgende controle' }],
      extension: [{ valueReference: { reference: `Condition/${condition?.id ?? 'none'}` } }],
    });
    expect(codes(result)).toEqual(['no-zib ClinicalDocument']);
  });
});

describe('the plan of care', () => {
  it('has procedures, vaccinations, contacts and devices that are not there yet; of other things it says that', () => {
    const result = read(plan);
    expect(made(result, 'operation')).toMatchObject({ resourceType: 'ServiceRequest', intent: 'plan' });
    expect(made(result, 'shot')).toMatchObject({ resourceType: 'ImmunizationRecommendation' });
    expect(made(result, 'visit')).toMatchObject({ resourceType: 'Encounter', status: 'planned' });
    expect(made(result, 'aid')).toMatchObject({ resourceType: 'DeviceUseStatement', status: 'intended' });
    expect(made(result, 'pill')).toBeUndefined();
    expect(codes(result)).toContain('unsupported-entry section[18776-5].entry[4]');
  });
});

describe('of what one entry groups', () => {
  it('each use keeps its own status', () => {
    const result = read(
      documentOf(
        '29762-2',
        organizer(
          observation(`${id('tobacco')}${code('365980008')}${concept('8517006')}`),
          observation(`${id('alcohol')}${code('228273003')}${concept('219006')}`),
        ),
      ),
    );
    expect(made(result, 'tobacco')).toMatchObject({
      valueCodeableConcept: { coding: [{ code: '8517006' }] },
    });
    expect(made(result, 'tobacco')?.['component']).toBeUndefined();
    expect(made(result, 'alcohol')).toMatchObject({ valueCodeableConcept: { coding: [{ code: '219006' }] } });
  });

  it('nothing that nothing is made of goes without a word', () => {
    const pressure = (loincCode: string, value: number): string =>
      observation(
        `${id(loincCode)}${code(loincCode, loinc)}<effectiveTime value="20240101"/><value xsi:type="PQ" value="${value}" unit="mm[Hg]"/>`,
      );
    const result = read(
      documentOf(
        '8716-3',
        organizer(
          pressure('8480-6', 120),
          pressure('8462-4', 80),
          observation(`${code('85549003')}${concept('85549003')}`),
        ),
      ),
    );
    expect(codes(result)).toContain('unsupported-entry section[8716-3].entry[0].component[2]');
    expect(codes(result).filter((one) => one.startsWith('unsupported'))).toHaveLength(1);
    const panel = read(
      documentOf(
        '30954-2',
        organizer(
          observation(`${id('k')}${code('2823-3', loinc)}<value xsi:type="PQ" value="4.1" unit="mmol/L"/>`),
          observation(`${id('na')}${code('2951-2', loinc)}`),
        ),
      ),
    );
    expect(codes(panel)).toContain('unsupported-entry section[30954-2].entry[0].component[1]');
    const contact = read(
      documentOf(
        '46240-8',
        `<encounter classCode="ENC" moodCode="EVN"><effectiveTime value="2024"/>${within('COMP', `<procedure classCode="PROC" moodCode="EVN">${code('52734007')}</procedure>`)}</encounter>`,
      ),
    );
    expect(codes(contact)).toContain('unsupported-entry section[46240-8].entry[0].entryRelationship[0]');
    expect(contact.observations.filter(({ kind, used }) => kind === 'element' && !used)).toContainEqual(
      expect.objectContaining({ path: 'section[46240-8].encounter.entryRelationship' }),
    );
  });
});
