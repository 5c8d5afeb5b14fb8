import { dataCategorySystem, typesGuardedBy, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { SearchsetEntry } from '@samenhang/fhir-http';
import { supportingTypes } from '../resources/record-resources.js';
import { redirectReferences, type Person } from './person.js';
import type { WholePatientQuestion } from './whole-patient-question.js';

/** More than this is asked for by type, in pages. */
const MAXIMUM_FACTS = 10_000;

const resourceTypes = 'http://hl7.org/fhir/resource-types';

interface WholeRow {
  mode: 'match' | 'include';
  type: string;
  id: string;
  body: string;
}

/** A person's facts of the permitted categories and the supporting resources they refer to: one statement. */
export async function readWholePatient(
  transaction: Transaction,
  { base, tenant }: { readonly base: string; readonly tenant: Ura },
  { categories, others, since, from, until }: WholePatientQuestion,
  person: Person | undefined,
  permitted: readonly DataCategory[],
): Promise<SearchsetEntry[]> {
  if (person === undefined) return [];
  const rows = await transaction.query<WholeRow>(
    `WITH fact AS (
       SELECT r.type, r.id, r.body, r.links, r.effective_from FROM resource r
       WHERE r.tenant = $1 AND r.patient_key = ANY($2::bigint[]) AND NOT r.deleted
         AND (r.category = ANY($3::text[] COLLATE "C") OR (r.category IS NULL AND r.type = ANY($9::text[] COLLATE "C")))
         AND (r.type <> 'Patient' OR r.id = $4)
         AND (r.type = 'Patient' OR (
           ($5::timestamptz IS NULL OR r.last_updated >= $5::timestamptz)
           AND ($6::timestamptz IS NULL OR r.effective_until IS NULL OR r.effective_until > $6::timestamptz)
           AND ($7::timestamptz IS NULL OR r.effective_from IS NULL OR r.effective_from < $7::timestamptz)))
       LIMIT ${MAXIMUM_FACTS + 1}
     ), target AS (
       SELECT DISTINCT split_part(l.reference, '/', 1) COLLATE "C" AS type, split_part(l.reference, '/', 2) COLLATE "C" AS id
       FROM fact, unnest(fact.links) AS link, split_part(link, '=', 2) AS l(reference)
     )
     (SELECT 'match' AS mode, type, id, body FROM fact ORDER BY type, effective_from DESC NULLS LAST, id)
     UNION ALL
     (SELECT 'include', r.type, r.id, r.body FROM target t
      JOIN resource r ON r.tenant = $1 AND r.type = t.type AND r.id = t.id
      WHERE t.type = ANY($8::text[]) AND NOT r.deleted AND (r.patient_key IS NULL OR r.patient_key = ANY($2::bigint[]))
      ORDER BY r.type, r.id)`,
    [
      tenant,
      person.patientKeys,
      categories.filter((category) => permitted.includes(category)),
      person.patientId ?? '',
      since ?? null,
      from ?? null,
      until ?? null,
      [...supportingTypes],
      givenOthers(others, permitted),
    ],
  );
  if (rows.filter(({ mode }) => mode === 'match').length > MAXIMUM_FACTS)
    throw new Failure(
      'too-large',
      'The patient has more data than one answer holds: search by type, in pages',
    );
  return rows.map(({ mode, type, id, body }) => ({
    fullUrl: `${base}/${type}/${id}`,
    body: redirectReferences(body, person),
    mode,
  }));
}

const givenOthers = (others: readonly string[], permitted: readonly DataCategory[]): string[] => {
  const guarded = typesGuardedBy(new Set(permitted));
  return others.filter((type) => guarded.includes(type));
};

/** Says what of the question is not in the answer, by category or by type, and nothing about why. */
export function refusedEntry(
  { categories, others }: Pick<WholePatientQuestion, 'categories' | 'others'>,
  permitted: readonly DataCategory[],
): SearchsetEntry[] {
  const given = givenOthers(others, permitted);
  const issue = [
    ...categories
      .filter((category) => !permitted.includes(category))
      .map((code) => refusal({ system: dataCategorySystem, code }, 'This category is not given')),
    ...others
      .filter((type) => !given.includes(type))
      .map((code) =>
        refusal({ system: resourceTypes, code }, 'Of this type what is of no category is not given'),
      ),
  ];
  if (issue.length === 0) return [];
  return [
    { fullUrl: '', body: JSON.stringify({ resourceType: 'OperationOutcome', issue }), mode: 'outcome' },
  ];
}

const refusal = (
  coding: { readonly system: string; readonly code: string },
  diagnostics: string,
): object => ({
  severity: 'warning',
  code: 'forbidden',
  details: { coding: [coding] },
  diagnostics,
});
