import { loadPolicies, type DecisionPoint } from '@samenhang/authorisation';
import {
  dataCategories,
  findDataCategory,
  identifierSystems,
  type DataCategory,
  type FhirResource,
  type RecordChange,
} from '@samenhang/data-model';
import { validateResource } from '@samenhang/fhir-r4';
import { toConsentCategory } from '@samenhang/mitz';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { holderDefinitions } from '../src/holder-api/holder-definitions.js';
import { findRecordedType, supportingTypes } from '../src/resources/record-resources.js';
import { bgzPatient, sharedResources } from './bgz-patient.js';
import { hospital, laboratory, message, remove } from './record-builders.js';
import { RunningRecord } from './running-record.js';
import { generalPractitioner } from './stand-in-trust.js';

const A = '900186021';
const B = '999901370';
const roles = ['01.015', '30.000', '17.000', '04.000', '83.000', '86.000', '99.999'];
const consents = ['GGC002', 'GGC012', 'GGC013'];

interface Bundle extends FhirResource {
  total?: number;
  entry?: { resource?: Bundle; search?: { mode: string }; response?: { status: string } }[];
}

let record: RunningRecord;
let base: string;
let policies: DecisionPoint;
const held = [...sharedResources, ...bgzPatient('pa', A), laboratory('pa-twice', 'pa', 1)];
const resources = held.flatMap((change: RecordChange) =>
  change.action === 'put'
    ? [{ ...(JSON.parse(change.body) as FhirResource), ofPatient: change.patientId }]
    : [],
);

beforeAll(async () => {
  policies = await loadPolicies();
  record = await RunningRecord.start(`${hospital}:V4`);
  base = `${record.url}/tenants/${hospital}/fhir`;
  const messages = [
    [...held, ...bgzPatient('pb', B)],
    [laboratory('pa-twice', 'pa', 2), remove('Flag', 'pa-alert', 'pa')],
  ];
  for (const [index, changes] of messages.entries()) {
    const { type, key, tenant, payload } = message({ position: index + 1, changes });
    await record.log.publish({ type, key, tenant, payload });
  }
  await vi.waitFor(
    async () => {
      const read = await record.trust.fetch(`${base}/Observation/pa-twice`, base, generalPractitioner);
      expect(read.headers.get('etag')).toBe('W/"2"');
    },
    { timeout: 60_000 },
  );
});
afterAll(() => record?.stop());
beforeEach(() => record.trust.consentOf.clear());

/** What a role may be given of the patient, by policy and consent; worked out without anything of the API. */
function givenTo(role: string, refused: readonly string[]): Map<string, FhirResource> {
  const input = {
    policy: 'holder',
    subject: { ...generalPractitioner, user_role: role } as never,
    request: { interaction: 'search-type' },
    context: { data_holder_organization_id: hospital, data_holder_facility_type: 'V4' },
  } as const;
  const decisions = policies.decideCategories(
    input,
    dataCategories.map(({ code }) => code),
  );
  const permitted = (category: DataCategory): boolean =>
    decisions.get(category)?.allow === true && !refused.includes(toConsentCategory(category));
  const isGiven = (resource: FhirResource): boolean => {
    const category = findDataCategory(resource);
    if (category !== undefined) return permitted(category);
    const guards = findRecordedType(resource.resourceType)?.guards ?? [];
    return supportingTypes.has(resource.resourceType) || (guards.length > 0 && guards.every(permitted));
  };
  return new Map(
    resources.filter(isGiven).map((resource) => [`${resource.resourceType}/${resource.id}`, resource]),
  );
}

const names = holderDefinitions.map(({ type }) => type);
const values = fc.constantFrom(
  'active',
  'completed',
  '2026',
  'ge2020',
  'lt2026-03-01',
  'http://loinc.org|',
  'http://snomed.info/sct|44054006',
  '85354-9',
  'pa',
  'Patient/pb',
  'gt4',
  'laboratory',
  'true',
  'a',
  '%',
);

/** A search of a type with criteria, inclusions and forms that it offers. */
const searches = fc
  .constantFrom(...holderDefinitions)
  .chain(({ type, searchParameters, includes = [], revIncludes = [] }) => {
    const criterion = fc
      .tuple(
        fc.constantFrom(
          ...searchParameters.filter(
            ({ name }) => !['patient', 'subject', 'beneficiary', 'identifier', '_id'].includes(name),
          ),
        ),
        fc.nat(),
        values,
      )
      .map(([{ name, modifiers = [] }, pick, value]) => {
        const modifier = pick % 3 === 0 ? modifiers[pick % Math.max(1, modifiers.length)] : undefined;
        return `${name}${modifier === undefined ? '' : `:${modifier}`}=${encodeURIComponent(value)}`;
      });
    const along = fc.constantFrom(
      ...[...includes, 'Observation:has-member', 'CareTeam:participant'].flatMap((value) => [
        `_include=${value}`,
        `_include:iterate=${value}`,
      ]),
      ...revIncludes.map((value) => `_revinclude=${value}`),
    );
    const form = fc.constantFrom(
      '_summary=count',
      '_summary=true',
      '_elements=subject',
      '_total=accurate',
      '_sort=-_id',
      '_count=2',
    );
    return fc
      .tuple(
        fc.array(criterion, { maxLength: 2 }),
        fc.array(along, { maxLength: 4 }),
        fc.array(form, { maxLength: 2 }),
      )
      .map((parts) => ({ type, query: parts.flat().join('&') }));
  });

const byIdentifier = (type: string): string =>
  `${type === 'Patient' ? '' : 'patient.'}identifier=${encodeURIComponent(`${identifierSystems.bsn}|${A}`)}`;
const named = (type: string): string => (type === 'Patient' ? '_id=pa' : 'patient=Patient/pa');

describe('whatever is searched', () => {
  it('gives no more than policy and consent permit of this one patient, in the answer, its count and its history', () =>
    fc.assert(
      fc.asyncProperty(
        searches,
        fc.constantFrom(...roles),
        fc.subarray(consents),
        fc.constantFrom('search', 'history', 'batch'),
        async ({ type, query }, role, refused, way) => {
          record.trust.consentOf.clear();
          for (const category of refused) record.trust.consentOf.set(category, 'Deny');
          const claims = { ...generalPractitioner, user_role: role };
          const search = `${type}?${way === 'batch' ? byIdentifier(type) : named(type)}&${query}`;
          const response = await (way === 'batch'
            ? record.trust.fetch(base, base, claims, {
                method: 'POST',
                headers: { 'content-type': 'application/fhir+json' },
                body: JSON.stringify({
                  resourceType: 'Bundle',
                  type: 'batch',
                  entry: [{ request: { method: 'GET', url: search } }],
                }),
              })
            : record.trust.fetch(
                `${base}/${way === 'history' ? search.replace('?', '/_history?') : search}`,
                base,
                claims,
              ));
          const text = await response.text();
          expect([200, 400, 403], `${search}: ${text}`).toContain(response.status);
          expect(text.includes(B) || text.includes('pb-')).toBe(false);
          if (response.status !== 200) return;
          const bundle = JSON.parse(text) as Bundle;
          const searchset = way === 'batch' ? bundle.entry?.[0]?.resource : bundle;
          const given = givenTo(role, refused);
          const answered = (searchset?.entry ?? []).flatMap(({ resource, search: found }) =>
            resource === undefined || found?.mode === 'outcome' ? [] : [resource],
          );
          for (const { resourceType, id, ...rest } of answered) {
            const target =
              resourceType === 'Provenance'
                ? (rest['target'] as { reference: string }[])[0]?.reference
                : undefined;
            expect(
              given.has(target ?? `${resourceType}/${id}`),
              `${search}: ${resourceType}/${id} to ${role}`,
            ).toBe(true);
          }
          const ofType = [...given.values()].filter(({ resourceType }) => resourceType === type).length;
          expect(searchset?.total ?? 0).toBeLessThanOrEqual(ofType);
          if (!/_summary|_elements/.test(query)) expect(validateResource(bundle)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    ));

  it('gives all that is permitted when nothing narrows it', async () => {
    for (const role of roles)
      for (const refused of [[], ['GGC012'], ['GGC013'], ['GGC002']]) {
        record.trust.consentOf.clear();
        for (const category of refused) record.trust.consentOf.set(category, 'Deny');
        const given = [...givenTo(role, refused).values()].filter(
          ({ resourceType, id }) => names.includes(resourceType) && id !== 'pa-alert',
        );
        for (const type of [
          'Patient',
          'Observation',
          'Condition',
          'Flag',
          'DocumentReference',
          'MedicationDispense',
        ]) {
          const wanted = given.filter(({ resourceType }) => resourceType === type).map(({ id }) => id);
          const response = await record.trust.fetch(`${base}/${type}?${named(type)}`, base, {
            ...generalPractitioner,
            user_role: role,
          });
          const { entry = [] } = (await response.json()) as Bundle;
          expect(
            entry.map(({ resource }) => resource?.id).sort(),
            `${type} to ${role} without ${refused}`,
          ).toEqual(wanted.sort());
        }
      }
  });
});

describe('whatever is sent', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom(
      '',
      '%',
      "'",
      '\u0000',
      '\\',
      '$',
      '|',
      '1e99',
      'ge0000',
      '9999',
      '-infinity',
      '2026-13',
      '..',
      '*',
      '_history',
      '$lastn',
    ),
  );
  const name = fc.oneof(
    fc.constantFrom(
      'code',
      'date',
      'value-quantity',
      '_sort',
      '_include',
      '_revinclude',
      '_cursor',
      '_count',
      '_elements',
      '_lastUpdated',
      '_id',
      'performer',
      'code:text',
      'subject.identifier',
      '_since',
      'max',
    ),
    text,
  );
  const path = fc.oneof(
    fc.constantFrom(
      'Observation',
      'Observation/_history',
      'Observation/$lastn',
      'Patient',
      'Coverage/_search',
      'Observation/pa-twice/_history',
      'Observation/pa-twice/_history/1',
    ),
    text.map((part) => `Observation/${encodeURIComponent(part)}`),
    text.map(encodeURIComponent),
  );

  it('is answered or refused: never an error of ours, and nothing of another', () =>
    fc.assert(
      fc.asyncProperty(
        path,
        fc.array(fc.tuple(name, text), { maxLength: 4 }),
        fc.constantFrom('GET', 'POST', 'Bundle'),
        async (at, pairs, method) => {
          const query = new URLSearchParams([['patient', 'Patient/pa'], ...pairs]).toString();
          const response = await (method === 'GET'
            ? record.trust.fetch(`${base}/${at}?${query}`, base, generalPractitioner)
            : method === 'POST'
              ? record.trust.fetch(`${base}/${at}/_search`, base, generalPractitioner, {
                  method: 'POST',
                  headers: { 'content-type': 'application/x-www-form-urlencoded' },
                  body: query,
                })
              : record.trust.fetch(base, base, generalPractitioner, {
                  method: 'POST',
                  headers: { 'content-type': 'application/fhir+json' },
                  body: JSON.stringify({
                    resourceType: 'Bundle',
                    type: 'batch',
                    entry: [{ request: { method: 'GET', url: `${at}?${query}` } }, ...pairs],
                  }),
                }));
          const answer = await response.text();
          expect(response.status, `${method} ${at}?${query}: ${answer}`).toBeLessThan(500);
          expect(answer.includes(B) || answer.includes('pb-')).toBe(false);
          if (method === 'Bundle' && response.status === 200)
            for (const { response: each } of (JSON.parse(answer) as Bundle).entry ?? [])
              expect(Number(each?.status)).toBeLessThan(500);
        },
      ),
      { numRuns: 300 },
    ));

  const cursor = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');
  it.each([
    '_id=%00',
    'code:text=%00',
    'code=%00%7C%00',
    'performer=%00',
    'performer:identifier=%00%7C%00',
    '_source=%00',
    'value-quantity=1%7C%00%7C%00',
    'value-quantity=1e99',
    'value-string=%5C',
    'date=9999',
    'date=gt9999-12-31T23:59:60Z',
    'date=0001',
    '_lastUpdated=ap0001-01-01',
    `_cursor=${cursor('2026-01-01 00:00:00+00', '\u0000')}`,
    `_cursor=${cursor('294277-01-01 00:00:00+00', 'x')}`,
    `_cursor=${cursor('2026-02-31 00:00:00+00', 'x')}`,
    `_cursor=${cursor('infinity', 'x')}`,
    `_sort=_id&_cursor=${cursor('\u0000', 'x')}`,
    `_include=${'Observation:has-member:%00'}`,
    '_elements=constructor',
    '_summary=constructor',
  ])('answers or refuses %s', async (criteria) => {
    for (const at of ['Observation?', 'Observation/_history?', 'Observation/$lastn?']) {
      const query = `${base}/${at}patient=Patient/pa&${criteria}`;
      const response = await record.trust.fetch(query, base, generalPractitioner);
      expect(response.status, `${query}: ${await response.text()}`).toBeLessThan(500);
    }
  });

  it.each(['_cursor', '_since'])('answers or refuses any %s of a history', async (name) => {
    for (const value of [
      cursor('2026-02-31', 'x', 1),
      cursor('2026-02-01', '\u0000', 1),
      cursor('2026-02-01', 'x', 1e15),
      cursor('+275760-09-13', 'x', 1),
      '9999',
      '0000',
    ]) {
      const query = `${base}/Observation/_history?patient=Patient/pa&${name}=${value}`;
      const response = await record.trust.fetch(query, base, generalPractitioner);
      expect(response.status, `${query}: ${await response.text()}`).toBeLessThan(500);
    }
  });
});
