/**
 * Content that sources really send and that no profile was made for: systems by OID, attachments elsewhere in the message,
 * denials, drafts, rules of the sender's own. Written from the source's view; `fhir-odd-sources.spec.ts` says what must come of it.
 */
import { coded, loinc, snomed, ucum } from './fhir-elements.js';

const terminology = 'http://terminology.hl7.org/CodeSystem/';
const absentUnknown = 'http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips';
const oid = (tail: string): string => `urn:oid:2.16.840.1.113883.${tail}`;
const subject = { reference: 'Patient/p1' };

/** The elements in which each status stands, and all values that R4 has for it. */
export const statuses = {
  Procedure: 'preparation in-progress not-done on-hold stopped completed entered-in-error unknown',
  Encounter: 'planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown',
  Immunization: 'completed entered-in-error not-done',
  ServiceRequest: 'draft active on-hold revoked completed entered-in-error unknown',
  MedicationRequest: 'active on-hold cancelled completed entered-in-error stopped draft unknown',
  MedicationStatement: 'active completed entered-in-error intended stopped on-hold unknown not-taken',
  MedicationDispense:
    'preparation in-progress cancelled on-hold completed entered-in-error stopped declined unknown',
  Consent: 'draft proposed active rejected inactive entered-in-error',
  Flag: 'active inactive entered-in-error',
  DeviceUseStatement: 'active completed entered-in-error intended stopped on-hold',
  Coverage: 'active cancelled draft entered-in-error',
  CareTeam: 'proposed active suspended inactive entered-in-error',
  EpisodeOfCare: 'planned waitlist active onhold finished cancelled entered-in-error',
  DiagnosticReport:
    'registered partial preliminary final amended corrected appended cancelled entered-in-error unknown',
  Observation: 'registered preliminary final amended corrected cancelled entered-in-error unknown',
  NutritionOrder: 'draft active on-hold revoked completed entered-in-error unknown',
  DocumentReference: 'current superseded entered-in-error',
} as const;

const bodies: Readonly<Record<keyof typeof statuses, object>> = {
  Procedure: { subject, code: coded(snomed, '80146002') },
  Encounter: { subject, class: { system: `${terminology}v3-ActCode`, code: 'IMP' } },
  Immunization: {
    patient: subject,
    vaccineCode: coded('http://www.whocc.no/atc', 'J07BB02'),
    occurrenceDateTime: '2023',
  },
  ServiceRequest: { subject, intent: 'order', code: coded(snomed, '80146002') },
  MedicationRequest: {
    subject,
    intent: 'order',
    medicationCodeableConcept: coded('http://www.whocc.no/atc', 'C07AB02'),
  },
  MedicationStatement: { subject, medicationCodeableConcept: { text: 'metoprolol' } },
  MedicationDispense: { subject, medicationCodeableConcept: { text: 'metoprolol' } },
  Consent: {
    patient: subject,
    scope: coded(`${terminology}consentscope`, 'treatment'),
    category: [coded(snomed, '129125009')],
    provision: { type: 'deny', code: [coded(snomed, '89666000')] },
  },
  Flag: { subject, code: { text: 'MRSA' } },
  DeviceUseStatement: { subject, device: { reference: 'Device/d1' } },
  Coverage: { beneficiary: subject, payor: [{ reference: 'Organization/o1' }] },
  CareTeam: { subject },
  EpisodeOfCare: { patient: subject },
  DiagnosticReport: { subject, code: coded(snomed, '363679005'), conclusion: 'Geen fractuur' },
  Observation: {
    subject,
    category: [coded(`${terminology}observation-category`, 'laboratory')],
    code: coded(loinc, '2345-7'),
    valueQuantity: { value: 5.6, unit: 'mmol/L', system: ucum, code: 'mmol/L' },
  },
  NutritionOrder: {
    patient: subject,
    intent: 'order',
    dateTime: '2024',
    oralDiet: { type: [{ text: 'vloeibaar' }] },
  },
  DocumentReference: {
    subject,
    content: [{ attachment: { contentType: 'text/plain', data: 'YWJj', title: 'brief' } }],
  },
};

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'https://noord.example/patients', value: '4711' }],
  name: [{ family: 'Vis' }],
};

const asBundle = (entries: readonly object[]): object => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: entries,
});
const entriesOf = (resources: readonly object[]): object[] =>
  [patient, ...resources].map((resource) => ({ resource }));

/** One resource of each type for every status that it may have; the id names the status. */
export function statusBundle(): object {
  const resources = (Object.keys(statuses) as (keyof typeof statuses)[]).flatMap((resourceType) =>
    statuses[resourceType]
      .split(' ')
      .map((status) => ({ resourceType, id: status, status, ...bodies[resourceType] })),
  );
  return asBundle(entriesOf(resources));
}

/** Code systems, units and numbers by their OIDs, as what comes from HL7 version 3 has them; an edition as a system. */
export function oidBundle(): object {
  const loincOid = oid('6.1');
  return asBundle(
    entriesOf([
      {
        resourceType: 'Observation',
        id: 'sodium',
        status: 'final',
        category: [coded(`${terminology}observation-category`, 'laboratory')],
        code: coded(loincOid, '2951-2'),
        subject: { type: 'Patient', identifier: { system: oid('2.4.6.3'), value: '999900006' } },
        valueQuantity: { value: 140, unit: 'mmol/L', system: oid('6.8'), code: 'mmol/L' },
      },
      {
        resourceType: 'Condition',
        id: 'infarct',
        subject,
        code: { coding: [{ system: oid('6.96'), code: '22298006', userSelected: true }] },
      },
      {
        resourceType: 'Condition',
        id: 'edition',
        subject,
        code: coded('http://snomed.info/sct/11000146104', '22298006'),
      },
      {
        resourceType: 'Immunization',
        id: 'covid',
        status: 'completed',
        patient: subject,
        vaccineCode: { coding: [{ system: oid('12.292'), code: '208' }] },
        occurrenceDateTime: '2021-05-05',
      },
      { resourceType: 'Condition', id: 'unlisted', subject, code: coded('urn:oid:1.2.3.4', 'x1') },
    ]),
  );
}

/** What the source says that there is not, or that nothing is known of. */
export function denialBundle(): object {
  const active = (kind: string): object => coded(`${terminology}${kind}-clinical`, 'active');
  return asBundle(
    entriesOf([
      {
        resourceType: 'AllergyIntolerance',
        id: 'no-allergy',
        patient: subject,
        clinicalStatus: active('allergyintolerance'),
        code: coded(absentUnknown, 'no-known-allergies'),
      },
      {
        resourceType: 'AllergyIntolerance',
        id: 'no-drug-allergy',
        patient: subject,
        code: coded(snomed, '409137002'),
      },
      {
        resourceType: 'Condition',
        id: 'no-problem',
        subject,
        clinicalStatus: active('condition'),
        code: coded(snomed, '160245001'),
      },
      {
        resourceType: 'MedicationStatement',
        id: 'no-medication',
        status: 'unknown',
        subject,
        medicationCodeableConcept: coded(absentUnknown, 'no-medication-info'),
      },
      {
        resourceType: 'Procedure',
        id: 'no-procedure',
        status: 'completed',
        subject,
        code: coded(absentUnknown, 'no-known-procedures'),
      },
      {
        resourceType: 'Immunization',
        id: 'no-vaccination',
        status: 'completed',
        patient: subject,
        vaccineCode: coded(absentUnknown, 'no-immunization-info'),
        occurrenceString: 'onbekend',
      },
    ]),
  );
}

/** A document, its bytes in the same message, and one whose bytes are on another server. */
export function attachmentBundle(): object {
  const document = (id: string, url: string): object => ({
    resourceType: 'DocumentReference',
    id,
    status: 'current',
    subject,
    content: [{ attachment: { contentType: 'application/pdf', url } }],
  });
  return asBundle([
    { fullUrl: 'https://ehr.example/fhir/Patient/p1', resource: patient },
    { fullUrl: 'https://ehr.example/fhir/DocumentReference/near', resource: document('near', 'Binary/b1') },
    {
      fullUrl: 'https://ehr.example/fhir/DocumentReference/full',
      resource: document('full', 'https://ehr.example/fhir/Binary/b1'),
    },
    {
      fullUrl: 'https://ehr.example/fhir/DocumentReference/far',
      resource: document('far', 'https://archive.example/fhir/Binary/b1'),
    },
    {
      fullUrl: 'https://ehr.example/fhir/Binary/b1',
      resource: { resourceType: 'Binary', id: 'b1', contentType: 'application/pdf', data: 'YWJj' },
    },
  ]);
}

/** What must not be read as if one knew what it means, beside what may. */
export function modifierBundle(): object {
  const result = {
    resourceType: 'Observation',
    status: 'final',
    category: [coded(`${terminology}observation-category`, 'laboratory')],
    code: coded(loinc, '2345-7'),
    subject,
    valueInteger: 0,
  };
  const unknown = [{ url: 'https://ehr.example/not', valueBoolean: true }];
  return asBundle(
    entriesOf([
      { ...result, id: 'plain' },
      { ...result, id: 'rules', implicitRules: 'https://ehr.example/rules' },
      { ...result, id: 'modifier', modifierExtension: unknown },
      {
        ...result,
        id: 'contained',
        contained: [{ resourceType: 'Specimen', id: 's', implicitRules: 'https://ehr.example/rules' }],
        specimen: { reference: '#s' },
      },
      {
        resourceType: 'MedicationRequest',
        id: 'dosage',
        status: 'active',
        intent: 'order',
        subject,
        medicationCodeableConcept: { text: 'x' },
        dosageInstruction: [{ text: '1 x', modifierExtension: unknown }],
      },
    ]),
  );
}

/** Names and scores that a profile has no room for. */
export function namesBundle(): object {
  return asBundle(
    entriesOf([
      {
        resourceType: 'Patient',
        id: 'p2',
        identifier: [{ system: 'https://noord.example/patients', value: '4712' }],
        name: [
          { use: 'official', family: 'Aa' },
          { use: 'official', family: 'Bee' },
          { use: 'official', family: 'Cee' },
          { use: 'usual', text: 'Roepnaam' },
          { use: 'maiden', family: 'Dee', period: { end: '1999' } },
        ],
        contact: [{ name: { use: 'nickname', given: ['Riet'] } }],
      },
      {
        resourceType: 'Observation',
        id: 'declined',
        status: 'final',
        code: coded(loinc, '72514-3'),
        subject,
        effectiveDateTime: '2024-03-05',
        dataAbsentReason: coded(`${terminology}data-absent-reason`, 'asked-declined'),
      },
    ]),
  );
}

export const oddBundles = {
  status: statusBundle(),
  oid: oidBundle(),
  denial: denialBundle(),
  attachment: attachmentBundle(),
  modifier: modifierBundle(),
  names: namesBundle(),
};
