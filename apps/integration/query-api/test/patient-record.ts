import type { FhirResource } from '@samenhang/data-model';
import { patient } from './stand-in-holder.js';

const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const allergyClinical = 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical';
const categories = 'http://terminology.hl7.org/CodeSystem/observation-category';

const concept = (system: string, ...codes: string[]): object => ({
  coding: codes.map((code) => ({ system, code })),
});

interface ObservationParts {
  readonly code: string;
  readonly system?: string;
  readonly category: 'laboratory' | 'vital-signs';
  readonly also?: string;
  readonly date?: string;
  readonly value?: number;
}

/** Facts of many kinds about one person, as one holder keeps them under its own Patient. */
export class HolderRecord {
  readonly resources: FhirResource[];

  constructor(
    readonly patientId: string,
    readonly prefix: string,
  ) {
    this.resources = [
      {
        ...patient(patientId),
        generalPractitioner: [{ reference: `Practitioner/${prefix}-gp` }],
        gender: 'male',
      },
      { resourceType: 'Practitioner', id: `${prefix}-gp`, name: [{ family: 'Visser' }] },
    ];
  }

  add(resourceType: string, id: string, content: object, subject: 'subject' | 'patient' = 'subject'): this {
    const reference = { [subject]: { reference: `Patient/${this.patientId}` } };
    this.resources.push({ resourceType, id: `${this.prefix}-${id}`, ...reference, ...content });
    return this;
  }

  observation(id: string, { code, system = loinc, category, also, date, value }: ObservationParts): this {
    const coded = [concept(categories, category), ...(also === undefined ? [] : [concept(snomed, also)])];
    return this.add('Observation', id, {
      status: 'final',
      category: coded,
      code: concept(system, code),
      ...(date === undefined ? {} : { effectiveDateTime: date }),
      ...(value === undefined
        ? {}
        : { valueQuantity: { value, unit: 'u', system: 'http://unitsofmeasure.org', code: 'u' } }),
    });
  }

  condition(id: string, code: string, onset: string, status = 'active'): this {
    const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
    return this.add('Condition', id, {
      code: concept(snomed, code),
      clinicalStatus: concept(clinical, status),
      onsetDateTime: onset,
    });
  }
}

export { concept, loinc, snomed };

/** What a hospital and a general practitioner might hold of one person: of each search of the BgZ something and something else. */
export function twoHolders(): { hospital: HolderRecord; practice: HolderRecord } {
  const hospital = new HolderRecord('h', 'h')
    .condition('c1', '22298006', '2024-02-03')
    .condition('c2', '38341003', '2020', 'resolved')
    .add('MedicationRequest', 'm1', {
      status: 'active',
      intent: 'order',
      authoredOn: '2026-01-05',
      category: [concept(snomed, '16076005')],
      medicationReference: { reference: 'Medication/h-med' },
    })
    .add('MedicationRequest', 'm2', {
      status: 'active',
      intent: 'order',
      category: [concept(snomed, '1')],
      medicationCodeableConcept: { text: 'Something' },
    })
    .add('MedicationDispense', 'd1', {
      status: 'completed',
      category: concept(snomed, '422037009'),
      medicationReference: { reference: 'Medication/h-med' },
    })
    .observation('bp1', { code: '85354-9', category: 'vital-signs', date: '2026-03-01' })
    .observation('bp2', { code: '85354-9', category: 'vital-signs', date: '2026-04-01' })
    .observation('w1', { code: '29463-7', category: 'vital-signs', date: '2026-03-01', value: 80 })
    .observation('l1', {
      code: '2823-3',
      category: 'laboratory',
      also: '275711006',
      date: '2026-03-01',
      value: 4,
    })
    .observation('l2', {
      code: '2823-3',
      category: 'laboratory',
      also: '275711006',
      date: '2026-05-01',
      value: 5,
    })
    .observation('l3', {
      code: '2951-2',
      category: 'laboratory',
      also: '275711006',
      date: '2026-05-01',
      value: 140,
    })
    .add('Procedure', 'p1', {
      status: 'completed',
      category: concept(snomed, '387713003'),
      code: concept(snomed, '232717009'),
      performedDateTime: '2025-01-01',
    })
    .add('Procedure', 'p2', {
      status: 'completed',
      category: concept(snomed, '1'),
      performedDateTime: '2025-01-02',
    })
    .add('Encounter', 'e1', {
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMP' },
      period: { start: '2025-01-01', end: '2025-01-04' },
    })
    .add('Encounter', 'e2', {
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    });
  hospital.resources.push({ resourceType: 'Medication', id: 'h-med', code: { text: 'Metoprolol' } });
  const practice = new HolderRecord('g', 'g')
    .condition('c1', '73211009', '2019-06')
    .add(
      'AllergyIntolerance',
      'a1',
      { code: concept(snomed, '373270004'), clinicalStatus: concept(allergyClinical, 'active') },
      'patient',
    )
    .add('MedicationStatement', 's1', {
      status: 'active',
      category: concept('urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3', '6'),
      medicationCodeableConcept: { text: 'Paracetamol' },
    })
    .add(
      'Immunization',
      'i1',
      { status: 'completed', vaccineCode: { text: 'Griep' }, occurrenceDateTime: '2025-10' },
      'patient',
    )
    .add(
      'Immunization',
      'i2',
      { status: 'not-done', vaccineCode: { text: 'Tetanus' }, occurrenceDateTime: '2025-11' },
      'patient',
    )
    .observation('bp1', { code: '85354-9', category: 'vital-signs', date: '2026-02-01' })
    .observation('len', { code: '8302-2', category: 'vital-signs', date: '2026-02-01', value: 180 });
  return { hospital, practice };
}
