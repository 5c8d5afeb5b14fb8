import { dataCategorySystem, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { SearchsetEntry } from '@samenhang/fhir-http';
import { supportingTypes } from '../resources/record-resources.js';
import { redirectReferences, type Person } from './person.js';
import type { WholePatientQuestion } from './whole-patient-question.js';

/** More than this is asked for by type, in pages. */
const MAXIMUM_FACTS = 10_000;

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
  { since, from, until }: WholePatientQuestion,
  person: Person | undefined,
  permitted: readonly DataCategory[],
): Promise<SearchsetEntry[]> {
  if (person === undefined) return [];
  const rows = await transaction.query<WholeRow>(
    `WITH fact AS (
       SELECT r.type, r.id, r.body, r.links, r.effective_from FROM resource r
       WHERE r.tenant = $1 AND r.patient_key = ANY($2::bigint[]) AND NOT r.deleted
         AND r.category = ANY($3::text[] COLLATE "C") AND (r.type <> 'Patient' OR r.id = $4)
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
      permitted,
      person.patientId ?? '',
      since ?? null,
      from ?? null,
      until ?? null,
      [...supportingTypes],
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

/** Says which of the categories that were asked for are not in the answer, and nothing about why. */
export function refusedEntry(
  asked: readonly DataCategory[],
  permitted: readonly DataCategory[],
): SearchsetEntry[] {
  const issue = asked
    .filter((category) => !permitted.includes(category))
    .map((code) => ({
      severity: 'warning',
      code: 'forbidden',
      details: { coding: [{ system: dataCategorySystem, code }] },
      diagnostics: 'This category is not given',
    }));
  if (issue.length === 0) return [];
  return [
    { fullUrl: '', body: JSON.stringify({ resourceType: 'OperationOutcome', issue }), mode: 'outcome' },
  ];
}
