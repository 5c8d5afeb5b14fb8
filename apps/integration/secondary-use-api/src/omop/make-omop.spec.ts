import { datasetTypes, elementsOf, type DatasetType } from '@samenhang/secondary-use';
import { compileView, planView } from '@samenhang/sql-on-fhir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HolderRows } from '../holders/federated-views.js';
import { cdmTableNames, cdmTables, type CdmColumn, type CdmTable } from './cdm-tables.js';
import { ConceptMap } from './concept-map.js';
import type { CdmRow } from './event-rows.js';
import { makeOmop, type OmopTables } from './make-omop.js';
import { omopViewsFor } from './omop-views.js';

type Resource = { readonly resourceType: DatasetType; readonly [name: string]: unknown };

const secret = Buffer.alloc(32, 3).toString('base64url');
const all = datasetTypes.map((type) => ({ type, elements: elementsOf(type) }));
const custodian = '22222222' as HolderRows['custodian'];

/** The views, run as a holder runs them. */
function made(resources: readonly Resource[], concepts?: ConceptMap): OmopTables {
  const answers = omopViewsFor(all).map(({ type, view }) => {
    const plan = planView(view);
    const run = compileView(plan);
    const rows: (readonly unknown[])[] = [];
    for (const resource of resources) run(resource, (row) => rows.push(row));
    return { type, rows: [{ custodian, columns: plan.columns.map(({ name }) => ({ name })), rows }] };
  });
  return makeOmop(answers, secret, concepts);
}

/** Tables whose rows are of persons and holders. */
const notOfFacts = new Set<CdmTable>([
  'person',
  'observation_period',
  'location',
  'care_site',
  'provider',
  'death',
]);

const rowsOf = ({ tables }: OmopTables, table: CdmTable): readonly CdmRow[] => tables.get(table) ?? [];
const patient = (id: string, changes: object = {}): Resource => ({
  resourceType: 'Patient',
  id,
  gender: 'female',
  birthDate: '1960',
  ...changes,
});
const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
const subject = { reference: 'Patient/a' };
const snomed = 'http://snomed.info/sct';

function faultOf(column: CdmColumn, value: CdmRow[string]): string | undefined {
  const { name, type, required } = column;
  if (value === null || value === undefined) return required ? `${name} is required` : undefined;
  const fits =
    type === 'integer'
      ? Number.isSafeInteger(value)
      : type === 'float'
        ? typeof value === 'number'
        : type === 'date'
          ? /^\d{4}-\d{2}-\d{2}$/.test(String(value))
          : type === 'datetime'
            ? false
            : typeof value === 'string' && value.length <= type;
  return fits ? undefined : `${name} is no ${String(type)}: ${String(value)}`;
}

/** What the CDM demands of every row: types, what is required, unique keys, and that whatever is pointed at is there. */
function faultsOf(output: OmopTables): string[] {
  const keys = new Map(
    cdmTableNames.map((table) => {
      const key = cdmTables[table][0]?.name ?? '';
      return [table, new Set(rowsOf(output, table).map((row) => row[key]))];
    }),
  );
  return cdmTableNames.flatMap((table) => {
    const rows = rowsOf(output, table);
    const columns = cdmTables[table];
    const names = new Set(columns.map(({ name }) => name));
    return [
      ...(keys.get(table)?.size === rows.length ? [] : [`${table}: keys repeat`]),
      ...rows.flatMap((row) => [
        ...Object.keys(row).flatMap((name) => (names.has(name) ? [] : [`${table} has no ${name}`])),
        ...columns.flatMap((column) => {
          const value = row[column.name] ?? null;
          const fault = faultOf(column, value);
          const dangles =
            column.of !== undefined && value !== null && keys.get(column.of)?.has(value) !== true;
          return [...(fault === undefined ? [] : [fault]), ...(dangles ? [`${column.name} dangles`] : [])];
        }),
      ]),
    ];
  });
}

const text = fc.constantFrom('a', 'b', 'c');
const day = fc.constantFrom('2025-01-02', '2025-06-30', '2025', '2025-03', undefined);
const code = fc.constantFrom(
  concept(snomed, '44054006'),
  concept(snomed, '1'),
  concept('http://loinc.org', '8480-6'),
  concept('http://www.whocc.no/atc', 'A10BA02'),
  undefined,
);
const quantity = fc.option(
  fc.record({
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    system: fc.constant('http://unitsofmeasure.org'),
    code: fc.constantFrom('mm[Hg]', 'kg', 'L'),
  }),
  { nil: undefined },
);
const fact = fc
  .record({
    resourceType: fc.constantFrom(...datasetTypes),
    id: fc.uuid(),
    owner: fc.constantFrom('a', 'b', 'nobody'),
    status: fc.constantFrom('final', 'active', 'completed', 'entered-in-error', 'not-done'),
    code,
    day,
    end: day,
    quantity,
    gender: fc.constantFrom('male', 'female', 'unknown', undefined),
    birthDate: fc.constantFrom('1950', undefined),
    value: text,
    visit: fc.option(fc.constantFrom('v1', 'v2', 'elsewhere'), { nil: undefined }),
    postcode: fc.constantFrom('35', '97', undefined),
  })
  .map(({ owner, code: coded, day: start, end, ...stated }): Resource => {
    const owned = { reference: `Patient/${owner}` };
    const { resourceType, status, quantity: measured, gender, birthDate, visit, postcode } = stated;
    const id = resourceType === 'Encounter' && visit !== undefined ? visit : stated.id;
    const visited = visit === undefined ? undefined : { reference: `Encounter/${visit}` };
    if (resourceType === 'Patient') {
      const address = postcode === undefined ? undefined : [{ postalCode: postcode }];
      return { resourceType, id: owner, ...defined({ gender, birthDate, address, deceasedDateTime: start }) };
    }
    return {
      resourceType,
      id,
      subject: owned,
      patient: owned,
      ...defined({
        status,
        code: coded,
        vaccineCode: coded,
        medicationCodeableConcept: coded,
        onsetDateTime: start,
        effectiveDateTime: start,
        performedDateTime: start,
        occurrenceDateTime: start,
        authoredOn: start,
        whenHandedOver: start,
        abatementDateTime: end,
        period: defined({ start, end }),
        class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
        valueQuantity: measured,
        quantity: measured,
        encounter: visited,
        context: visited,
      }),
    };
  });

function defined(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

describe('OMOP tables', () => {
  it('hold to the CDM, whatever holders have', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fact, {
          maxLength: 20,
          selector: ({ id, resourceType }) => `${resourceType}/${String(id)}`,
        }),
        (facts) => {
          const output = made([patient('a'), ...facts]);
          expect(faultsOf(output)).toEqual([]);
          const owners = new Map(
            rowsOf(output, 'visit_occurrence').map((row) => [row['visit_occurrence_id'], row['person_id']]),
          );
          for (const table of cdmTableNames)
            for (const row of table === 'visit_occurrence' ? [] : rowsOf(output, table))
              if (typeof row['visit_occurrence_id'] === 'number')
                expect(owners.get(row['visit_occurrence_id'])).toBe(row['person_id']);
          const told = facts.filter(({ resourceType }) => resourceType !== 'Patient').length;
          const { tables, leftOut } = output.report;
          const events = cdmTableNames
            .filter((table) => !notOfFacts.has(table))
            .reduce((sum, table) => sum + (tables[table]?.rows ?? 0), 0);
          expect(
            events + leftOut['no-code'] + leftOut['no-date'] + leftOut['not-so'] + leftOut['no-person'],
          ).toBe(told);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('map what the concept map has, and keep the code of what it has not', () => {
    const condition = (id: string, code: string): Resource => ({
      resourceType: 'Condition',
      id,
      subject,
      code: concept(snomed, code),
      onsetDateTime: '2025-02-03',
    });
    const output = made([patient('a'), condition('x', '44054006'), condition('y', '999')]);
    const rows = rowsOf(output, 'condition_occurrence');
    expect(rows).toHaveLength(2);
    expect(rows).toContainEqual(
      expect.objectContaining({ condition_concept_id: 201826, condition_source_value: '44054006' }),
    );
    expect(rows).toContainEqual(
      expect.objectContaining({ condition_concept_id: 0, condition_source_value: '999' }),
    );
    expect(output.report.tables['condition_occurrence']).toEqual({
      rows: 2,
      unmapped: 1,
      unreviewed: 1,
    });
    const mapped = new ConceptMap([
      { system: snomed, domain: 'Condition', concepts: [{ code: '999', concept: 4, reviewed: true }] },
    ]);
    expect(made([patient('a'), condition('y', '999')], mapped).report.tables['condition_occurrence']).toEqual(
      {
        rows: 1,
        unmapped: 0,
        unreviewed: 0,
      },
    );
  });

  it('give results their number and unit, and drugs the end that the CDM wants', () => {
    const output = made([
      patient('a'),
      {
        resourceType: 'Observation',
        id: 'o',
        subject,
        status: 'final',
        code: concept('http://loinc.org', '8480-6'),
        effectiveDateTime: '2025-01-02',
        valueQuantity: { value: 130, system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
      },
      {
        resourceType: 'MedicationDispense',
        id: 'm',
        subject,
        status: 'completed',
        medicationCodeableConcept: concept('http://www.whocc.no/atc', 'A10BA02'),
        whenHandedOver: '2025-02-27',
        daysSupply: { value: 3 },
      },
    ]);
    expect(rowsOf(output, 'measurement')).toEqual([
      expect.objectContaining({
        measurement_concept_id: 3004249,
        value_as_number: 130,
        unit_concept_id: 8876,
      }),
    ]);
    expect(rowsOf(output, 'drug_exposure')).toEqual([
      expect.objectContaining({
        drug_concept_id: 1503297,
        drug_exposure_end_date: '2025-03-01',
        days_supply: 3,
      }),
    ]);
    expect(rowsOf(output, 'observation_period')).toEqual([
      expect.objectContaining({
        observation_period_start_date: '2025-01-02',
        observation_period_end_date: '2025-03-01',
      }),
    ]);
  });

  it('tie what happened to its visit, its visit to its holder, and persons to where they live and when they died', () => {
    const visit = (id: string, person: string): Resource => ({
      resourceType: 'Encounter',
      id,
      subject: { reference: `Patient/${person}` },
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      period: { start: '2025-02-03' },
    });
    const condition = (id: string, encounter: string): Resource => ({
      resourceType: 'Condition',
      id,
      subject,
      code: concept(snomed, '44054006'),
      onsetDateTime: '2025-02-03',
      encounter: { reference: `Encounter/${encounter}` },
    });
    const output = made([
      patient('a', { address: [{ postalCode: '35' }], deceasedDateTime: '2026-01-05' }),
      patient('b', { address: [{ postalCode: '35' }, { postalCode: '97' }] }),
      visit('va', 'a'),
      visit('vb', 'b'),
      condition('own', 'va'),
      condition('of-another', 'vb'),
      condition('elsewhere', 'vx'),
    ]);
    const visits = new Map(
      rowsOf(output, 'visit_occurrence').map((row) => [row['person_id'], row['visit_occurrence_id']]),
    );
    const tied = rowsOf(output, 'condition_occurrence').map((row) => row['visit_occurrence_id']);
    const a = rowsOf(output, 'person').find((row) => row['person_source_value'] === 'a');
    const b = rowsOf(output, 'person').find((row) => row['person_source_value'] === 'b');
    expect(tied.filter((each) => each !== null)).toEqual([visits.get(a?.['person_id'] ?? null)]);
    expect(output.report.withoutVisit).toBe(2);
    const [site] = rowsOf(output, 'care_site');
    expect(rowsOf(output, 'care_site')).toHaveLength(1);
    expect(JSON.stringify(site)).not.toContain(custodian);
    for (const row of rowsOf(output, 'visit_occurrence'))
      expect(row['care_site_id']).toBe(site?.['care_site_id']);
    expect(rowsOf(output, 'location')).toEqual([
      { location_id: a?.['location_id'], zip: '35', country_source_value: 'NL' },
    ]);
    expect(b?.['location_id']).toBeNull();
    expect(rowsOf(output, 'death')).toEqual([
      { person_id: a?.['person_id'], death_date: '2026-01-05', death_type_concept_id: 32817 },
    ]);
    expect(rowsOf(output, 'provider')).toEqual([]);
  });

  it('number the same keys alike in a refresh, and otherwise in another project', () => {
    const [first, again] = [made([patient('a')]), made([patient('b'), patient('a')])];
    const numbers = (output: OmopTables) => rowsOf(output, 'person').map((row) => row['person_id']);
    expect(numbers(again)).toContain(numbers(first)[0]);
    const other = makeOmop(
      [
        {
          type: 'Patient',
          rows: [{ custodian, columns: [{ name: 'person' }, { name: 'birth' }], rows: [['a', '1960']] }],
        },
      ],
      Buffer.alloc(32, 4).toString('base64url'),
    );
    expect(numbers(other)).not.toEqual(numbers(first));
  });
});
