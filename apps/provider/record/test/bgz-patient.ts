import type { FhirResource, RecordChange } from '@samenhang/data-model';
import { patient, put } from './record-builders.js';

const sct = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const loinc = (code: string) => ({ coding: [{ system: 'http://loinc.org', code }] });
const observationCategory = (code: string) => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }],
});

/** A patient with at least one of each thing a BgZ search looks for, beside things it does not. */
export function bgzPatient(id: string, bsn: string): RecordChange[] {
  const subject = { reference: `Patient/${id}` };
  const of = (resource: FhirResource): RecordChange => put(resource, id);
  let number = 0;
  const observation = (parts: Record<string, unknown>): RecordChange =>
    of({
      resourceType: 'Observation',
      id: `${id}-obs-${++number}`,
      status: 'final',
      subject,
      code: loinc('0000-0'),
      ...parts,
    });
  const medication = (type: string, at: string, parts: Record<string, unknown>): RecordChange =>
    of({
      resourceType: type,
      id: `${id}-${at}`,
      subject,
      medicationReference: { reference: `Medication/${id}-drug` },
      ...parts,
    });
  return [
    patient(id, bsn),
    of({
      resourceType: 'Coverage',
      id: `${id}-cov`,
      status: 'active',
      beneficiary: subject,
      payor: [{ reference: 'Organization/insurer' }, subject],
    }),
    of({
      resourceType: 'Consent',
      id: `${id}-treatment`,
      status: 'active',
      scope: { text: 'x' },
      policyRule: { text: 'Wgbo' },
      category: [sct('129125009')],
      patient: subject,
      dateTime: '2024-01-01',
    }),
    of({
      resourceType: 'Consent',
      id: `${id}-will`,
      status: 'active',
      scope: { text: 'x' },
      policyRule: { text: 'Wgbo' },
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes', code: 'acd' }] },
      ],
      patient: subject,
      dateTime: '2024-02-01',
    }),
    observation({ category: [sct('118228005')], code: sct('1'), effectiveDateTime: '2026-01-01' }),
    observation({ category: [sct('118228005')], code: sct('1'), effectiveDateTime: '2026-02-01' }),
    observation({ category: [sct('384821006')], code: sct('2'), effectiveDateTime: '2025-02-01' }),
    observation({ code: sct('365508006'), effectiveDateTime: '2025-01-01' }),
    observation({ code: sct('228366006') }),
    observation({ code: sct('228273003') }),
    observation({ code: sct('365980008') }),
    of({
      resourceType: 'Condition',
      id: `${id}-problem`,
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      code: { ...sct('44054006'), text: 'Diabetes méllitus' },
      subject,
      onsetDateTime: '2019',
      recordedDate: '2020-05-05',
    }),
    of({
      resourceType: 'NutritionOrder',
      id: `${id}-diet`,
      status: 'active',
      intent: 'order',
      patient: subject,
      dateTime: '2026-01-01',
    }),
    of({
      resourceType: 'Flag',
      id: `${id}-alert`,
      status: 'active',
      category: [sct('75323-6')],
      code: { text: 'MRSA' },
      subject,
      period: { start: '2020' },
    }),
    of({
      resourceType: 'AllergyIntolerance',
      id: `${id}-allergy`,
      clinicalStatus: {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' },
        ],
      },
      code: sct('91936005'),
      patient: subject,
    }),
    of({ resourceType: 'Medication', id: `${id}-drug`, code: { text: 'Metformine' } }),
    medication('MedicationStatement', 'use', {
      status: 'active',
      category: sct('422979000'),
      effectivePeriod: { start: '2026-01-01' },
    }),
    medication('MedicationRequest', 'agreement', {
      status: 'active',
      intent: 'order',
      category: [sct('33633005')],
      authoredOn: '2026-01-01',
      extension: [
        {
          url: 'http://nictiz.nl/fhir/StructureDefinition/ext-TimeInterval.Period',
          valuePeriod: { start: '2026-01-01', end: '2026-02-01' },
        },
      ],
    }),
    medication('MedicationDispense', 'dispense', {
      status: 'completed',
      category: sct('422037009'),
      whenHandedOver: '2026-01-02',
    }),
    of({ resourceType: 'Device', id: `${id}-pacemaker`, patient: subject }),
    of({
      resourceType: 'DeviceUseStatement',
      id: `${id}-implant`,
      status: 'active',
      subject,
      device: { reference: `Device/${id}-pacemaker` },
    }),
    of({
      resourceType: 'Immunization',
      id: `${id}-flu`,
      status: 'completed',
      vaccineCode: sct('86198006'),
      patient: subject,
      occurrenceDateTime: '2025-10-10',
    }),
    of({
      resourceType: 'Immunization',
      id: `${id}-refused`,
      status: 'not-done',
      vaccineCode: sct('86198006'),
      patient: subject,
      occurrenceDateTime: '2024-10-10',
    }),
    observation({
      category: [observationCategory('vital-signs')],
      code: loinc('85354-9'),
      effectiveDateTime: '2026-03-01',
      component: [
        {
          code: loinc('8480-6'),
          valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        },
      ],
    }),
    observation({
      category: [observationCategory('vital-signs')],
      code: loinc('85354-9'),
      effectiveDateTime: '2026-01-01',
    }),
    observation({
      category: [observationCategory('vital-signs')],
      code: loinc('29463-7'),
      effectiveDateTime: '2026-03-01',
      valueQuantity: { value: 80.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
    }),
    observation({
      category: [observationCategory('vital-signs')],
      code: loinc('8302-2'),
      effectiveDateTime: '2026-03-01',
      valueQuantity: { value: 180, unit: 'cm', system: 'http://unitsofmeasure.org', code: 'cm' },
    }),
    of({ resourceType: 'Specimen', id: `${id}-blood`, subject }),
    observation({
      id: `${id}-lab-part`,
      category: [observationCategory('laboratory'), sct('275711006')],
      code: loinc('2823-3'),
      effectiveDateTime: '2026-04-01',
      valueQuantity: { value: 4.1, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
      specimen: { reference: `Specimen/${id}-blood` },
    }),
    observation({
      category: [observationCategory('laboratory'), sct('275711006')],
      code: loinc('24321-2'),
      effectiveDateTime: '2026-04-01',
      hasMember: [{ reference: `Observation/${id}-lab-part` }],
    }),
    observation({
      category: [observationCategory('laboratory'), sct('275711006')],
      code: loinc('24321-2'),
      effectiveDateTime: '2025-04-01',
    }),
    of({
      resourceType: 'Procedure',
      id: `${id}-surgery`,
      status: 'completed',
      category: sct('387713003'),
      code: sct('80146002'),
      subject,
      performedDateTime: '2021-01-01',
      basedOn: [{ reference: `ServiceRequest/${id}-order` }],
    }),
    of({
      resourceType: 'Encounter',
      id: `${id}-stay`,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      subject,
      period: { start: '2021-01-01', end: '2021-01-05' },
    }),
    of({
      resourceType: 'Encounter',
      id: `${id}-visit`,
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      subject,
      period: { start: '2022-01-01' },
    }),
    of({
      resourceType: 'ServiceRequest',
      id: `${id}-order`,
      status: 'active',
      intent: 'order',
      code: sct('80146002'),
      subject,
      authoredOn: '2020-12-01',
    }),
    of({
      resourceType: 'ServiceRequest',
      id: `${id}-old-order`,
      status: 'completed',
      intent: 'order',
      code: sct('80146002'),
      subject,
    }),
    of({
      resourceType: 'DeviceRequest',
      id: `${id}-frame`,
      status: 'active',
      intent: 'order',
      codeCodeableConcept: { text: 'Rollator' },
      subject,
    }),
    of({
      resourceType: 'ImmunizationRecommendation',
      id: `${id}-due`,
      patient: subject,
      date: '2026-09-01',
      recommendation: [{ vaccineCode: [sct('86198006')], forecastStatus: { text: 'due' } }],
    }),
    of({
      resourceType: 'Appointment',
      id: `${id}-booked`,
      status: 'booked',
      start: '2026-12-01T10:00:00+01:00',
      end: '2026-12-01T10:20:00+01:00',
      participant: [{ actor: subject, status: 'accepted' }],
    }),
    of({
      resourceType: 'Appointment',
      id: `${id}-missed`,
      status: 'cancelled',
      participant: [{ actor: subject, status: 'accepted' }],
    }),
    of({
      resourceType: 'CareTeam',
      id: `${id}-team`,
      status: 'active',
      subject,
      participant: [{ member: { reference: 'Practitioner/gp' } }],
    }),
    of({
      resourceType: 'DocumentReference',
      id: `${id}-letter`,
      status: 'current',
      type: loinc('11488-4'),
      subject,
      date: '2026-01-01T10:00:00Z',
      content: [{ attachment: { title: 'Brief' } }],
    }),
    of({
      resourceType: 'Composition',
      id: `${id}-gp`,
      status: 'final',
      type: loinc('67781-5'),
      subject,
      date: '2026-01-01',
      author: [{ reference: 'Practitioner/gp' }],
      title: 'Samenvatting',
    }),
    of({
      resourceType: 'EpisodeOfCare',
      id: `${id}-episode`,
      status: 'active',
      patient: subject,
      period: { start: '2020-01-01' },
    }),
    of({
      resourceType: 'CarePlan',
      id: `${id}-plan`,
      status: 'active',
      intent: 'plan',
      subject,
      period: { start: '2026-01-01' },
      careTeam: [{ reference: `CareTeam/${id}-team` }],
    }),
  ];
}

/** What several patients' data refer to. */
export const sharedResources: readonly RecordChange[] = [
  put({ resourceType: 'Organization', id: 'insurer', name: 'Verzekeraar' }, null),
  put({ resourceType: 'Practitioner', id: 'gp', name: [{ family: 'Huisarts' }] }, null),
];
