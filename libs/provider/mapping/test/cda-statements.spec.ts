import type { FhirResource } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import {
  administration,
  code,
  concept,
  documentOf,
  id,
  medicationDocument,
  negated,
  observation,
  product,
  status,
} from './support/cda-statements.js';
import { accept, codes, profile, puts, source, type Accepted } from './support/messages.js';

const read = (document: string): Accepted =>
  accept({ ...source, format: 'cda', content: Buffer.from(document) });

/** The resource that was made of the statement with an id. */
function made(result: Accepted, extension: string): FhirResource | undefined {
  return puts(result).find(({ resource }) =>
    (resource['identifier'] as { value?: string }[] | undefined)?.some(({ value }) => value === extension),
  )?.resource;
}

describe('medication of a document', () => {
  const result = read(medicationDocument);

  it('that is agreed on has its period, and each step of its schedule', () => {
    const request = made(result, 'ma');
    expect(request).toMatchObject({
      meta: { profile: profile('mp-MedicationAgreement') },
      status: 'active',
      intent: 'order',
      authoredOn: '2024-02-29T10:15:00+01:00',
      extension: [
        { valuePeriod: { start: '2024-03-01', extension: [{ valueDuration: { value: 10, code: 'd' } }] } },
      ],
      dosageInstruction: [
        {
          sequence: 1,
          text: 'Eerst 1, dan 2 tabletten',
          timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
          doseAndRate: [{ doseQuantity: { value: 1 } }],
        },
        {
          sequence: 2,
          timing: {
            repeat: { frequency: 2, period: 1, periodUnit: 'd', timeOfDay: ['08:00:00', '20:00:00'] },
          },
        },
      ],
    });
    expect(JSON.stringify(request)).toContain('"doseRange":{"low":{"value":1.50},"high":{"value":2}}');
  });

  it('that the pharmacist agrees on is an administration agreement, with its condition and limit', () => {
    expect(made(result, 'ta')).toMatchObject({
      resourceType: 'MedicationDispense',
      meta: { profile: profile('mp-AdministrationAgreement') },
      status: 'in-progress',
      extension: [
        { valueDateTime: '2024-03-01' },
        { valuePeriod: { start: '2024-03-01', end: '2024-04-01' } },
      ],
      dosageInstruction: [
        {
          timing: { repeat: { frequency: 1, period: 8, periodUnit: 'h' } },
          asNeededCodeableConcept: { text: 'bij pijn' },
          route: { coding: [{ code: '9' }] },
          maxDosePerPeriod: { numerator: { value: 3 }, denominator: { value: 1, code: 'd' } },
        },
      ],
    });
  });

  it('that is used has its reason and its moment of the day', () => {
    expect(made(result, 'mgb')).toMatchObject({
      meta: { profile: profile('mp-MedicationUse2') },
      status: 'active',
      effectivePeriod: { start: '2024-03-01' },
      reasonCode: [{ coding: [{ code: '22253000' }] }],
      dosage: [{ timing: { repeat: { when: ['HS'] } } }],
    });
  });

  it('that is denied, called off or a mistake is never in use', () => {
    expect(made(result, 'not')).toMatchObject({ resourceType: 'MedicationStatement', status: 'not-taken' });
    expect(made(result, 'never')).toMatchObject({ resourceType: 'MedicationRequest', doNotPerform: true });
    expect(made(result, 'off')).toMatchObject({ status: 'cancelled' });
    expect(made(result, 'wrong')).toMatchObject({ status: 'entered-in-error' });
  });
});

describe('what a document takes back', () => {
  const wrong = `${id('x')}${status('nullified')}`;
  it.each([
    ['11450-4', observation(`${wrong}${code('282291009')}${concept('195967001')}`), 'verificationStatus'],
    ['48765-2', observation(`${wrong}${code('ASSERTION')}${concept('416098002')}`), 'verificationStatus'],
    [
      '30954-2',
      observation(
        `${wrong}${code('2823-3', 'codeSystem="2.16.840.1.113883.6.1"')}<value xsi:type="PQ" value="4.1" unit="mmol/L"/>`,
      ),
      'status',
    ],
    ['11369-6', administration('EVN', `${wrong}<effectiveTime value="2020"/>${product('1', 'X')}`), 'status'],
    [
      '47519-4',
      `<procedure classCode="PROC" moodCode="EVN">${wrong}${code('52734007')}</procedure>`,
      'status',
    ],
    [
      '18776-5',
      `<procedure classCode="PROC" moodCode="RQO">${wrong}${code('52734007')}</procedure>`,
      'status',
    ],
    [
      '46240-8',
      `<encounter classCode="ENC" moodCode="EVN">${wrong}<effectiveTime value="2020"/></encounter>`,
      'status',
    ],
    [
      '75310-3',
      observation(
        `${wrong}${code('75323-6')}<entryRelationship typeCode="REFR">${observation(`${code('44944-7')}${concept('432415000')}`)}</entryRelationship>`,
      ),
      'status',
    ],
    ['29762-2', observation(`${wrong}${code('365980008')}${concept('8517006')}`), 'status'],
  ])('was entered in error: section %s', (section, entry, element) => {
    expect(JSON.stringify(made(read(documentOf(section, entry)), 'x')?.[element])).toContain(
      'entered-in-error',
    );
  });
});

describe('what a document denies', () => {
  it('within a list is no problem, and that is said', () => {
    const organizer = `<organizer classCode="CLUSTER" moodCode="EVN"><component>${observation(
      `${id('no')}${code('282291009')}${concept('195967001')}`,
      negated,
    )}</component><component>${observation(`${id('yes')}${code('282291009')}${concept('22298006')}`)}</component></organizer>`;
    const result = read(documentOf('11450-4', organizer));
    expect(made(result, 'no')).toBeUndefined();
    expect(made(result, 'yes')).toMatchObject({ resourceType: 'Condition' });
    expect(codes(result)).toContain('negated-statement section[11450-4].entry[0].component[0]');
  });

  it('is no alert', () => {
    const alert = `<act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="SUBJ">${observation(
      `${id('no')}${code('75323-6')}${concept('432415000')}`,
      negated,
    )}</entryRelationship></act>`;
    const result = read(documentOf('75310-3', alert));
    expect(puts(result).map(({ resource }) => resource.resourceType)).not.toContain('Flag');
    expect(codes(result)).toContain('negated-statement section[75310-3].entry[0]');
  });

  it('is not asked for', () => {
    const procedure = `<procedure classCode="PROC" moodCode="RQO"${negated}>${id('x')}${code('52734007')}</procedure>`;
    expect(made(read(documentOf('18776-5', procedure)), 'x')).toMatchObject({ doNotPerform: true });
  });
});

it('a result that is a proportion stays one', () => {
  const titre = observation(
    `${id('x')}${code('5778-6', 'codeSystem="2.16.840.1.113883.6.1"')}<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="128"/></value>`,
  );
  expect(made(read(documentOf('30954-2', titre)), 'x')).toMatchObject({
    valueRatio: { numerator: { value: 1 }, denominator: { value: 128 } },
  });
});
