import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { encodeCursor, searchUrl, type Searchset, type SearchsetEntry } from '@samenhang/fhir-http';
import { supportingTypes } from '../resources/record-resources.js';
import { redirectReferences, type Person } from './person.js';
import type { HolderQuestion } from './holder-question.js';
import { addCriteria, addCursor, readCount, SearchConditions } from './search-conditions.js';

interface FactRow {
  id: string;
  body: string;
  links: string[];
  sort_key: string | null;
}

/** Runs an authorised search: of this person, within these categories, and nothing else. */
export async function searchFacts(
  transaction: Transaction,
  tenant: Ura,
  question: HolderQuestion,
  person: Person | undefined,
  categories: readonly DataCategory[],
): Promise<Searchset> {
  const { base, definition, parameters, ignored } = question;
  const self = searchUrl(base, definition.type, parameters);
  if (person === undefined || categories.length === 0) return { self, total: 0, entries: [], ignored };
  const count = readCount(parameters);
  const rows = await queryFacts(transaction, tenant, question, person, categories, count + 1);
  const page = rows.slice(0, count);
  const last = rows.length > count ? page.at(-1) : undefined;
  const isFirstPage = parameters.every(({ name }) => name !== '_cursor');
  const matches = page.map((row) =>
    entry(base, definition.type, row.id, redirectReferences(row.body, person), 'match'),
  );
  const included = await includeSupporting(transaction, tenant, question, person, page);
  return {
    self,
    entries: [...matches, ...included],
    ignored,
    ...(last === undefined
      ? {}
      : { next: searchUrl(base, definition.type, parameters, encodeCursor([last.sort_key, last.id])) }),
    ...(last === undefined && isFirstPage ? { total: page.length } : {}),
  };
}

async function queryFacts(
  transaction: Transaction,
  tenant: Ura,
  { definition, parameters, patient }: HolderQuestion,
  person: Person,
  categories: readonly DataCategory[],
  limit: number,
): Promise<FactRow[]> {
  const where = new SearchConditions();
  where.require(`r.tenant = ${where.value(tenant)} AND r.type = ${where.value(definition.type)}`);
  where.require(`r.patient_key = ANY(${where.value(person.patientKeys)}::bigint[]) AND NOT r.deleted`);
  where.require(`r.category = ANY(${where.value(categories)}::text[] COLLATE "C")`);
  // Of several Patient resources of one person, the one that stands for all is found by identifier.
  if (definition.type === 'Patient' && patient.by === 'identifier') {
    where.require(`r.id = ${where.value(person.patientId ?? '')}`);
  }
  addCriteria(where, definition.type, parameters);
  addCursor(where, parameters);
  return transaction.query<FactRow>(
    `SELECT r.id, r.body, r.links, r.effective_from::text AS sort_key FROM resource r WHERE ${where.text}
     ORDER BY r.effective_from DESC NULLS LAST, r.id LIMIT ${where.value(limit)}`,
    where.values,
  );
}

/** What facts of the page refer to and the client asks along: of supporting types only, and never another patient's. */
async function includeSupporting(
  transaction: Transaction,
  tenant: Ura,
  { base, definition, parameters }: HolderQuestion,
  person: Person,
  page: readonly FactRow[],
): Promise<SearchsetEntry[]> {
  const wanted = new Set(
    parameters
      .filter(({ name }) => name === '_include')
      .flatMap(({ values }) => values.map((value) => value.slice(definition.type.length + 1))),
  );
  if (wanted.size === 0) return [];
  const references = new Set(
    page
      .flatMap(({ links }) => links.map((link) => link.split('=', 2)))
      .flatMap(([name = '', reference = '']) => (wanted.has(name) ? [reference] : [])),
  );
  const targets = [...references]
    .map((reference) => reference.split('/', 2))
    .filter(([type = '']) => supportingTypes.has(type));
  if (targets.length === 0) return [];
  const rows = await transaction.query<{ type: string; id: string; body: string }>(
    `SELECT r.type, r.id, r.body FROM unnest($2::text[], $3::text[]) AS t(type, id)
     JOIN resource r ON r.tenant = $1 AND r.type = t.type COLLATE "C" AND r.id = t.id COLLATE "C"
     WHERE NOT r.deleted AND (r.patient_key IS NULL OR r.patient_key = ANY($4::bigint[]))
     ORDER BY r.type, r.id`,
    [tenant, targets.map(([type]) => type), targets.map(([, id]) => id), person.patientKeys],
  );
  return rows.map((row) => entry(base, row.type, row.id, redirectReferences(row.body, person), 'include'));
}

function entry(
  base: string,
  type: string,
  id: string,
  body: string,
  mode: SearchsetEntry['mode'],
): SearchsetEntry {
  return { fullUrl: `${base}/${type}/${id}`, body, mode };
}
