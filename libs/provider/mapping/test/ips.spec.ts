import type { FhirResource } from '@samenhang/data-model';
import { type normaliseMessage, toIps, type IpsContext } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { bgzDocument } from './support/bgz-document.js';
import { accept, fhir, puts, source } from './support/messages.js';
import { validate, validatorAbsence, withIps } from './support/official-validator.js';
import { stu3Bundle } from './support/stu3-resources.js';

const context: IpsContext = {
  timestamp: '2026-11-22T08:00:00+01:00',
  custodian: { ura: '22222222', name: 'Ziekenhuis Noord' },
};
const resourcesOf = (message: Parameters<typeof normaliseMessage>[0]): FhirResource[] =>
  puts(accept(message)).map(({ resource }) => resource);
const fromStu3 = resourcesOf({ ...fhir(stu3Bundle()), format: 'fhir-stu3' });
const fromCda = resourcesOf({ ...source, format: 'cda', content: Buffer.from(bgzDocument) });
const bare = resourcesOf(
  fhir({ resourceType: 'Patient', id: 'p', identifier: [{ system: 'https://noord.example', value: '1' }] }),
);

interface Summary {
  readonly entry: { readonly fullUrl: string; readonly resource: FhirResource }[];
}
interface Section {
  readonly title: string;
  readonly text: { readonly div: string };
  readonly entry: { readonly reference: string }[];
}

const summaryOf = (resources: readonly FhirResource[]): Summary =>
  toIps(resources, context) as unknown as Summary;
const sectionsOf = ({ entry }: Summary): Section[] =>
  (entry[0]?.resource as unknown as { section: Section[] } | undefined)?.section ?? [];

describe('an International Patient Summary', () => {
  it('has the facts of a patient in their sections, in the shape of the IPS', () => {
    const summary = summaryOf(fromStu3);
    expect(sectionsOf(summary).map(({ title, entry }) => `${title} ${entry.length}`)).toEqual([
      'Medication Summary 2',
      'Allergies and Intolerances 1',
      'Problem List 1',
      'History of Procedures 1',
      'Immunizations 1',
      'Medical Devices 1',
      'Diagnostic Results 1',
      'Vital Signs 1',
      'Social History 1',
      'Advance Directives 1',
      'Alerts 1',
    ]);
    const tobacco = summary.entry.find(({ resource }) =>
      JSON.stringify(resource['code'] ?? '').includes('72166-2'),
    );
    expect(tobacco?.resource).toMatchObject({
      effectivePeriod: { start: '1980', end: '1983' },
      valueCodeableConcept: { coding: [{ code: 'LA15920-4' }, { code: '8517006' }] },
    });
    expect(sectionsOf(summary)[1]?.text.div).toContain('Bee venom');
  });

  it('says that nothing is known where it must say something', () => {
    expect(sectionsOf(summaryOf(bare)).map(({ title }) => title)).toEqual([
      'Medication Summary',
      'Allergies and Intolerances',
      'Problem List',
    ]);
    const text = JSON.stringify(summaryOf(bare));
    for (const code of ['no-medication-info', 'no-allergy-info', 'no-problem-info'])
      expect(text).toContain(code);
  });

  it('says in words what is not so, is not to be done or is no longer so', () => {
    const subject = { reference: 'Patient/p' };
    const taken = { subject, medicationCodeableConcept: { text: 'digoxine' } };
    const resources = resourcesOf(
      fhir({
        resourceType: 'Bundle',
        type: 'collection',
        entry: [
          { resourceType: 'Patient', id: 'p', identifier: [{ system: 'https://noord.example', value: '1' }] },
          { resourceType: 'MedicationStatement', id: 'a', status: 'not-taken', ...taken },
          {
            resourceType: 'MedicationRequest',
            id: 'b',
            status: 'active',
            intent: 'order',
            doNotPerform: true,
            ...taken,
          },
          { resourceType: 'MedicationRequest', id: 'c', status: 'stopped', intent: 'order', ...taken },
          { resourceType: 'MedicationStatement', id: 'd', status: 'active', ...taken },
          { resourceType: 'CarePlan', id: 'e', status: 'active', intent: 'plan', title: 'Wondzorg', subject },
          {
            resourceType: 'AllergyIntolerance',
            id: 'f',
            patient: subject,
            verificationStatus: {
              coding: [
                {
                  system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
                  code: 'refuted',
                },
              ],
            },
            code: { text: 'noten' },
          },
        ].map((resource) => ({ resource })),
      }),
    );
    const words = sectionsOf(summaryOf(resources)).flatMap(({ text }) =>
      [...text.div.matchAll(/<li>([^<]*)<\/li>/g)].map(([, item]) => item),
    );
    expect(words.slice(0, 5)).toEqual([
      'digoxine (not-taken)',
      'digoxine (not to be taken)',
      'digoxine (stopped)',
      'digoxine',
      'noten (refuted)',
    ]);
    expect(words).toContain('Wondzorg');
  });

  it('is complete in itself: every reference leads to an entry', () => {
    for (const resources of [fromStu3, fromCda, bare]) {
      const summary = summaryOf(resources);
      const urls = new Set(summary.entry.map(({ fullUrl }) => fullUrl));
      expect(urls.size).toBe(summary.entry.length);
      const references = [...JSON.stringify(summary).matchAll(/"reference":"([^"]+)"/g)].map(
        ([, reference]) => reference,
      );
      expect(references.filter((reference) => !urls.has(reference ?? ''))).toEqual([]);
    }
  });

  it('leaves the resources it is made of as they are, and is the same each time', () => {
    const before = JSON.stringify(fromStu3);
    expect(JSON.stringify(toIps(fromStu3, context))).toBe(JSON.stringify(toIps(fromStu3, context)));
    expect(JSON.stringify(fromStu3)).toBe(before);
  });

  it('is of one patient', () => {
    expect(() => toIps([...bare, ...fromCda], context)).toThrow(RangeError);
    expect(() => toIps([], context)).toThrow(RangeError);
  });

  const absence = validatorAbsence();
  it.skipIf(absence !== undefined)(
    `is valid to the official HL7 validator${absence === undefined ? '' : ` (skipped: ${absence})`}`,
    { timeout: 1_200_000 },
    async () => {
      const summaries = [fromStu3, fromCda, bare].map((resources) => toIps(resources, context));
      expect(await validate(summaries, withIps)).toEqual([]);
    },
  );
});
