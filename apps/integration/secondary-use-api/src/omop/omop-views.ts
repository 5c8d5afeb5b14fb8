import { subjectElementOf, type Dataset, type DatasetType } from '@samenhang/secondary-use';

export interface OmopView {
  readonly type: DatasetType;
  readonly view: object;
}

type Paths = Readonly<Record<string, string>>;

/** Codes come with their systems beside them; which of them counts is decided by the concept map. */
const codesOf = (path: string): Paths => ({ systems: `${path}.coding.system`, codes: `${path}.coding.code` });
const quantityOf = (path: string): Paths => ({
  number: `${path}.value`,
  unit_system: `${path}.system`,
  unit: `${path}.code`,
});

const visitOf = (element: 'encounter' | 'context'): Paths => ({
  visit: `${element}.getReferenceKey(Encounter)`,
});

/** What a fact of each type says, under the names that the tables are made from. */
const paths: Readonly<Record<DatasetType, Paths>> = {
  Patient: {
    gender: 'gender',
    birth: 'birthDate',
    death: 'deceased.ofType(dateTime)',
    postcodes: 'address.postalCode',
  },
  Encounter: {
    status: 'status',
    system: 'class.system',
    code: 'class.code',
    start: 'period.start',
    end: 'period.end',
  },
  Condition: {
    ...codesOf('code'),
    verification: 'verificationStatus.coding.code.first()',
    start: 'onset.ofType(dateTime)',
    start_of_period: 'onset.ofType(Period).start',
    recorded: 'recordedDate',
    end: 'abatement.ofType(dateTime)',
    ...visitOf('encounter'),
  },
  AllergyIntolerance: {
    ...codesOf('code'),
    verification: 'verificationStatus.coding.code.first()',
    start: 'recordedDate',
    ...visitOf('encounter'),
  },
  MedicationRequest: {
    ...codesOf('medication.ofType(CodeableConcept)'),
    status: 'status',
    start: 'authoredOn',
    ...visitOf('encounter'),
  },
  MedicationDispense: {
    ...codesOf('medication.ofType(CodeableConcept)'),
    ...quantityOf('quantity'),
    status: 'status',
    start: 'whenHandedOver',
    days: 'daysSupply.value',
    ...visitOf('context'),
  },
  MedicationStatement: {
    ...codesOf('medication.ofType(CodeableConcept)'),
    status: 'status',
    start: 'effective.ofType(dateTime)',
    start_of_period: 'effective.ofType(Period).start',
    end: 'effective.ofType(Period).end',
    ...visitOf('context'),
  },
  Observation: {
    ...codesOf('code'),
    ...quantityOf('value.ofType(Quantity)'),
    status: 'status',
    start: 'effective.ofType(dateTime)',
    start_of_period: 'effective.ofType(Period).start',
    whole: 'value.ofType(integer)',
    value_systems: 'value.ofType(CodeableConcept).coding.system',
    value_codes: 'value.ofType(CodeableConcept).coding.code',
    ...visitOf('encounter'),
  },
  Procedure: {
    ...codesOf('code'),
    status: 'status',
    start: 'performed.ofType(dateTime)',
    start_of_period: 'performed.ofType(Period).start',
    end: 'performed.ofType(Period).end',
    ...visitOf('encounter'),
  },
  Immunization: {
    ...codesOf('vaccineCode'),
    status: 'status',
    start: 'occurrence.ofType(dateTime)',
    ...visitOf('encounter'),
  },
};

const collections = new Set(['systems', 'codes', 'value_systems', 'value_codes', 'postcodes']);

function viewFor(type: DatasetType): object {
  const subject = subjectElementOf(type);
  const keys =
    subject === undefined
      ? [{ name: 'person', path: 'getResourceKey()' }]
      : [
          { name: 'id', path: 'getResourceKey()' },
          { name: 'person', path: `${subject}.getReferenceKey(Patient)` },
        ];
  const column = Object.entries(paths[type]).map(([name, path]) => ({
    name,
    path,
    ...(collections.has(name) ? { collection: true } : {}),
  }));
  return {
    resource: type,
    name: `omop_${type.toLowerCase()}`,
    status: 'active',
    select: [{ column: [...keys, ...column] }],
  };
}

/** A ViewDefinition for each type that the permit gives; a person's own first. */
export function omopViewsFor(datasets: readonly Dataset[]): OmopView[] {
  const types = datasets.map(({ type }) => type);
  const ordered = [...types.filter(isPatient), ...types.filter((type) => !isPatient(type))];
  return ordered.map((type) => ({ type, view: viewFor(type) }));
}

function isPatient(type: DatasetType): boolean {
  return type === 'Patient';
}

export const personView = { view: viewFor('Patient'), person: 'person' } as const;
