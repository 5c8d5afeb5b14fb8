import { getUra } from '@samenhang/data-model';
import {
  datasetTypes,
  elementsOf,
  ruleOf,
  type DatasetType,
  type PermitTerms,
} from '@samenhang/secondary-use';
import { createTestDatabase, type TestDatabase } from '@samenhang/testing';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minimiser } from '../src/secondary-use/export/minimise.js';
import { readPage } from '../src/secondary-use/export/read-page.js';
import { generalisationFunctions } from '../src/secondary-use/generalisation.js';
import { permittedSource } from '../src/secondary-use/permitted-source.js';

const TENANT = getUra('22222222');
const RESOURCES = 150;
const member = { key: 'ab'.repeat(16), shiftDays: -31 };

const anyText = fc.oneof(
  fc.constantFrom('final', 'Jan Jansen', 'entered-in-error', '"', '\\', '2823-3', 'naïef'),
  fc.string({ maxLength: 8 }).filter((text) => !text.includes('\0')),
);
const system = fc.constantFrom(
  'http://snomed.info/sct',
  'http://loinc.org',
  'urn:oid:2.16.840.1.113883.6.73',
  'urn:oid:1.2.3',
  'http://hospital.example/local',
);
const coding = fc.record({ system, code: anyText, display: anyText }, { requiredKeys: [] });
const concept = fc.record(
  { coding: fc.array(coding, { maxLength: 3 }), text: anyText },
  { requiredKeys: [] },
);
const moment = fc.constantFrom('2021', '2021-03', '2021-03-31', '2021-03-01T08:15:00+01:00', 'yesterday', '');
const odd = fc.oneof(anyText, fc.integer(), fc.boolean(), fc.constant([]), fc.constant({}));

const stated: Readonly<Record<NonNullable<ReturnType<typeof ruleOf>>, fc.Arbitrary<unknown>>> = {
  plain: odd,
  concept: fc.oneof(concept, fc.array(concept, { maxLength: 3 }), odd),
  coding: fc.oneof(coding, odd),
  quantity: fc.oneof(
    fc.record(
      {
        value: fc.oneof(fc.integer(), fc.constantFrom(0.5, 1.25, -3), fc.constant('5')),
        unit: anyText,
        system: fc.constantFrom('http://unitsofmeasure.org', 'http://hospital.example/units'),
        code: fc.constantFrom('mmol/L', 'mg', 'x'.repeat(33)),
      },
      { requiredKeys: [] },
    ),
    odd,
  ),
  moment,
  period: fc.record({ start: moment, end: fc.constant('2021-04-01') }, { requiredKeys: ['end'] }),
  encounter: fc.oneof(
    fc.record({
      reference: fc.constantFrom(
        'Encounter/e1',
        'Encounter/e-2.x',
        'https://e.example/Encounter/1',
        'Patient/p',
      ),
    }),
    odd,
  ),
  'birth-date': fc.constantFrom('1900-01-01', '1980-06-05', '2020', 'unknown'),
  'postcode-region': fc.array(
    fc.record(
      { postalCode: fc.constantFrom('1234 AB', '9999ZZ', '0123', 'none'), city: anyText },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
};

function resourceOf(type: DatasetType): fc.Arbitrary<object> {
  const members = elementsOf(type).flatMap((element) => {
    const rule = ruleOf(type, element);
    return rule === undefined ? [] : [[element, stated[rule]] as const];
  });
  return fc.record(
    { ...Object.fromEntries(members), note: anyText, name: anyText },
    { requiredKeys: [], noNullPrototype: true },
  );
}

/** What a stream leaves of a resource and what the database does are the same, whatever the resource says. */
describe('generalisation in a stream and in the database', () => {
  let database: TestDatabase;
  let client: pg.Client;
  const transaction = {
    query: async <Row>(sql: string, parameters: unknown[] = []) =>
      (await client.query(sql, parameters)).rows as Row[],
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(generalisationFunctions);
    await client.query(`CREATE TABLE resource (tenant text COLLATE "C", type text COLLATE "C", id text COLLATE "C",
      patient_key bigint, deleted boolean, effective_from timestamptz, body text)`);
  }, 60_000);
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  it.each(datasetTypes)('agree on %s', async (type) => {
    for (const dates of ['year', 'month', 'shifted'] as const) {
      const terms = termsOf(dates);
      const bodies = fc.sample(resourceOf(type), RESOURCES).map((body) => JSON.stringify(body));
      await client.query('TRUNCATE resource');
      await client.query(
        `INSERT INTO resource SELECT $1, $2, 'r' || lpad(place::text, 5, '0'), place, false, '2021-01-01', body
         FROM unnest($3::text[]) WITH ORDINALITY AS made(body, place)`,
        [TENANT, type, bodies],
      );
      const dataset = { type, elements: elementsOf(type) };
      const persons = bodies.map((_, place) => place + 1);
      const inDatabase = await client.query<{ resource: unknown; person: string }>(
        `SELECT permitted.resource, permitted.person FROM ${permittedSource(dataset, terms, 'permitted')}`,
        [TENANT, persons, persons.map(keyOf), persons.map(() => member.shiftDays)],
      );
      const minimise = minimiser(dataset, terms, TENANT);
      const rows = await readPage(transaction, {
        tenant: TENANT,
        terms,
        wanted: { dataset, where: [] },
        afterId: null,
        limit: RESOURCES,
      });
      const inStream = rows.map(({ resource, patientKey }): unknown => {
        const pieces: string[] = [];
        if (resource !== null) minimise(resource, { ...member, key: keyOf(Number(patientKey)) }, pieces);
        return JSON.parse(pieces.join(''));
      });
      const sorted = inDatabase.rows.sort((a, b) => a.person.localeCompare(b.person));
      expect(inStream).toEqual(sorted.map(({ resource }) => resource));
    }
  });
});

function keyOf(person: number): string {
  return person.toString(16).padStart(32, '0');
}

function termsOf(dates: PermitTerms['dates']): PermitTerms {
  return {
    permitId: 'agreement',
    purpose: 'statistics',
    datasets: datasetTypes.map((type) => ({ type, elements: elementsOf(type) })),
    period: { from: '2000-01-01', until: '2030-01-01' },
    dates,
    recipient: { organisation: 'oin:00000099000000002000', scope: 'project-1' },
    secret: Buffer.alloc(32, 3).toString('base64url'),
  };
}
