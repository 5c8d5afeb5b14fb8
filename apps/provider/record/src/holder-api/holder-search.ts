import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import { searchUrl, type SearchParameter, type Searchset, type SearchsetEntry } from '@samenhang/fhir-http';
import { findGrant, type Grant } from '../resources/grants.js';
import type { HolderQuestion } from './holder-question.js';
import { includedRows, type Visible } from './included-rows.js';
import { redirectReferences, type Person } from './person.js';
import { provenanceOf, type Origin } from './provenance.js';
import { SearchConditions } from './search-conditions.js';
import { addCriteria } from './search-criteria.js';
import { shapeResource } from './shape-resource.js';
import { addCursor, cursorAfter, keysOf, orderBy } from './sort-order.js';

interface FoundRow extends Origin {
  mode: 'match' | 'include' | 'total';
  body: string;
  keys: (string | null)[];
  total: number | null;
}

/** What an answer to this question may hold of what is searched; undefined when nothing. */
export function grantOf(
  { definition, ownCategories }: HolderQuestion,
  permitted: readonly DataCategory[],
): Grant | undefined {
  return findGrant(
    definition.type,
    permitted.filter((category) => ownCategories.includes(category)),
  );
}

/** Runs an authorised search: of this person, within what is permitted, and nothing else. One statement. */
export async function searchFacts(
  transaction: Transaction,
  tenant: Ura,
  question: HolderQuestion,
  person: Person | undefined,
  permitted: readonly DataCategory[],
): Promise<Searchset> {
  const search = toSearch({ tenant, question, person, permitted });
  if (search === undefined) return nothing(question, person);
  const conditions = new SearchConditions();
  const statement = `${statementOf(conditions, search)} ${ORDER}`;
  return toSearchset(search, await transaction.query<FoundRow>(statement, conditions.values));
}

/**
 * Several searches about one person, in one statement: what surrounds a statement costs more than most searches do. A type that is
 * searched often is read once.
 */
export async function searchFactsTogether(
  transaction: Transaction,
  tenant: Ura,
  questions: readonly HolderQuestion[],
  person: Person | undefined,
  permitted: readonly DataCategory[],
): Promise<Searchset[]> {
  if (questions.some(({ form }) => form.shape.kind === 'count'))
    return Promise.all(
      questions.map((question) => searchFacts(transaction, tenant, question, person, permitted)),
    );
  const searches = questions.map((question) => toSearch({ tenant, question, person, permitted }));
  const conditions = new SearchConditions();
  const sources = readOnce(conditions, searches.filter(isPresent));
  const statements = searches.flatMap((search, index) =>
    search === undefined
      ? []
      : `SELECT ${index} AS asked, found.* FROM (${statementOf(conditions.nested(), search, sources.names.get(search.question.definition.type))}) AS found`,
  );
  if (statements.length === 0) return questions.map((question) => nothing(question, person));
  const rows = await transaction.query<FoundRow & { asked: number }>(
    `${sources.text}SELECT * FROM (${statements.join(' UNION ALL ')}) AS found ORDER BY asked, position NULLS LAST, type, id`,
    conditions.values,
  );
  const byQuestion = Map.groupBy(rows, ({ asked }) => asked);
  return questions.map((question, index) => {
    const search = searches[index];
    return search === undefined
      ? nothing(question, person)
      : toSearchset(search, byQuestion.get(index) ?? []);
  });
}

/** So many searches of one type are cheaper over rows that were read once. */
const OFTEN = 3;

/** Common table expressions with the person's rows of the types that are searched often, by type. */
function readOnce(
  conditions: SearchConditions,
  searches: readonly Search[],
): { readonly text: string; readonly names: ReadonlyMap<string, string> } {
  const byType = Map.groupBy(searches, ({ question }) => question.definition.type);
  const often = [...byType].flatMap(([type, [first, ...others]]) =>
    first === undefined || others.length + 1 < OFTEN ? [] : [{ type, first }],
  );
  if (often.length === 0) return { text: '', names: new Map() };
  const expressions = often.map(({ first }, index) => {
    const own = conditions.nested();
    requireOwn(own, first);
    return `often_${index} AS MATERIALIZED (SELECT * FROM resource r WHERE ${own.text})`;
  });
  return {
    text: `WITH ${expressions.join(', ')} `,
    names: new Map(often.map(({ type }, index) => [type, `often_${index}`])),
  };
}

function toSearch({
  person,
  ...search
}: Omit<Search, 'person' | 'grant'> & { person: Person | undefined }): Search | undefined {
  const grant = grantOf(search.question, search.permitted);
  return person === undefined || grant === undefined ? undefined : { ...search, person, grant };
}

const isPresent = (search: Search | undefined): search is Search => search !== undefined;

function nothing(question: HolderQuestion, person: Person | undefined): Searchset {
  const { base, definition, ignored } = question;
  const self = searchUrl(base, definition.type, linkParameters(question, person));
  return { self, total: 0, entries: [], ignored };
}

function toSearchset({ tenant, question, person }: Search, rows: readonly FoundRow[]): Searchset {
  const { base, definition, parameters, form, ignored } = question;
  const links = linkParameters(question, person);
  const found = rows.filter(({ mode }) => mode === 'match');
  const page = found.slice(0, form.count);
  const hasNext = found.length > form.count && parameters.every(({ name }) => name !== 'identifier');
  const last = hasNext ? page.at(-1) : undefined;
  const isFirstPage = parameters.every(({ name }) => name !== '_cursor');
  const counted = rows.find(({ mode }) => mode === 'total')?.total;
  const known = form.total === 'known' && last === undefined && isFirstPage ? page.length : undefined;
  const total = counted ?? known;
  return {
    self: searchUrl(base, definition.type, links),
    entries: [...page, ...rows.filter(({ mode }) => mode === 'include')]
      .map((row) => toEntry(question, row, person))
      .concat(provenances(question, tenant, page)),
    ignored,
    ...(last === undefined
      ? {}
      : { next: searchUrl(base, definition.type, links, cursorAfter(last.keys, last.id)) }),
    ...(total === undefined ? {} : { total }),
  };
}

interface Search {
  readonly tenant: Ura;
  readonly question: HolderQuestion;
  readonly person: Person;
  readonly grant: Grant;
  readonly permitted: readonly DataCategory[];
}

const originColumns =
  'r.type, r.id, r.version, r.last_updated, r.received_at, r.source_id, r.mapping_version, r.body';

/** Of what a statement answers; a count is a single row. */
const ORDER = 'ORDER BY position NULLS LAST, type, id';

/** @param source where the rows that match are taken from */
function statementOf(conditions: SearchConditions, search: Search, source = 'resource'): string {
  const { question, permitted } = search;
  const { form } = question;
  const matching = matchingRows(conditions, search, source);
  if (form.shape.kind === 'count')
    return `SELECT * FROM (SELECT 'total' AS mode, NULL::bigint AS position, NULL::text AS type, NULL::text AS id,
      count(*)::integer AS total FROM ${matching} r) AS found`;
  const cursor = conditions.nested();
  addCursor(cursor, form.sort, question.parameters);
  const order = orderBy(form.sort);
  const page = `SELECT ${originColumns}, r.links, ${keysOf(form.sort)} AS keys, row_number() OVER (ORDER BY ${order}) AS position
    FROM ${matching} r ${cursor.text === '' ? '' : `WHERE ${cursor.text}`}
    ORDER BY ${order} LIMIT ${conditions.value(form.count + 1)}`;
  const columns = `${originColumns}, r.keys, NULL::integer AS total`;
  const parts = [`SELECT 'match' AS mode, r.position, ${columns} FROM page r`];
  const along = includedRows(conditions, form, visibleOf(search, permitted));
  if (along !== undefined)
    parts.push(
      `SELECT 'include', NULL, ${originColumns}, NULL, NULL::integer FROM included i JOIN LATERAL (SELECT * FROM resource o
        WHERE o.tenant = ${conditions.value(search.tenant)} AND o.type = i.type AND o.id = i.id LIMIT 1) r ON true`,
    );
  if (form.total === 'counted')
    parts.push(
      `SELECT 'total', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, count(*)::integer FROM ${matching} r`,
    );
  return `WITH RECURSIVE page AS MATERIALIZED (${page})${along === undefined ? '' : `, ${along}`}
    SELECT * FROM (${parts.join(' UNION ALL ')}) AS found`;
}

/** Rows of this person that may be given and meet the criteria; of each code only the newest when that is asked. */
function matchingRows(conditions: SearchConditions, search: Search, source: string): string {
  const { question, person, grant, permitted } = search;
  const { definition, patient, base, form } = question;
  // What was read once is the person's own already.
  if (source === 'resource') requireOwn(conditions, search);
  const inCategory = `r.category = ANY(${conditions.value(grant.categories)}::text[] COLLATE "C")`;
  conditions.require(grant.uncategorised ? `(${inCategory} OR r.category IS NULL)` : inCategory);
  // Of several Patient resources of one person, the one that stands for all is found by identifier.
  if (definition.type === 'Patient' && patient.by === 'identifier')
    conditions.require(`r.id = ${conditions.value(person.patientId ?? '')}`);
  addCriteria(conditions, definition.type, question, { base, visible: visibleOf(search, permitted) });
  if (form.newestOfCode === undefined) return `(SELECT * FROM ${source} r WHERE ${conditions.text})`;
  const max = conditions.value(form.newestOfCode);
  return `(SELECT * FROM (SELECT r.*, row_number() OVER (PARTITION BY coalesce(r.code_hash::text, r.id)
      ORDER BY r.effective_from DESC NULLS LAST, r.id) AS rank FROM ${source} r WHERE ${conditions.text}) AS ranked
    WHERE rank <= ${max})`;
}

/** Of this tenant, this type and this person. */
function requireOwn(conditions: SearchConditions, { tenant, question, person }: Search): void {
  conditions.require(
    `r.tenant = ${conditions.value(tenant)} AND r.type = ${conditions.value(question.definition.type)}`,
  );
  conditions.require(
    `r.patient_key = ANY(${conditions.value(person.patientKeys)}::bigint[]) AND NOT r.deleted`,
  );
}

function visibleOf({ tenant, question, person }: Search, permitted: readonly DataCategory[]): Visible {
  const grants = question.form.alongTypes.flatMap((type) => findGrant(type, permitted) ?? []);
  return { tenant, person, grants };
}

function toEntry(
  { base, form }: HolderQuestion,
  { mode, type, id, body }: FoundRow,
  person: Person,
): SearchsetEntry {
  const text = redirectReferences(body, person);
  const isShaped = mode === 'match' || form.shape.kind !== 'elements';
  return {
    fullUrl: `${base}/${type}/${id}`,
    body: isShaped ? shapeResource(text, type, form.shape) : text,
    mode: mode === 'match' ? 'match' : 'include',
  };
}

/** Where each fact comes from, when it is asked along: known by its row, so it needs no resource of its own. */
function provenances(
  { base, form, definition }: HolderQuestion,
  tenant: Ura,
  page: readonly FoundRow[],
): SearchsetEntry[] {
  if (!form.revIncludes.some(({ source, name }) => source === 'Provenance' && name === 'target')) return [];
  return page.map((row) => {
    const { id, body } = provenanceOf({ ...row, type: definition.type }, tenant);
    return { fullUrl: `${base}/Provenance/${id}`, body, mode: 'include' };
  });
}

/**
 * The search as links show it. Who a patient is stays out of URLs: what named the patient becomes the id that the answer
 * itself tells, and names, addresses and dates of birth are left out.
 */
function linkParameters(
  { definition, parameters: plain, reaches, patient }: HolderQuestion,
  person: Person | undefined,
): readonly SearchParameter[] {
  const parameters = [...plain, ...reaches.map(({ asked }) => asked)];
  const { type, searchParameters } = definition;
  if (type === 'Patient') {
    const personal = new Set(
      searchParameters
        .filter(({ name, type: kind }) => kind === 'string' || name === 'birthdate')
        .map(({ name }) => name),
    );
    return parameters.filter(({ name }) => !personal.has(name));
  }
  if (patient.by === 'id' || person?.address === undefined) return parameters;
  return [{ name: 'patient', values: [`Patient/${person.address}`] }, ...parameters];
}

/** Whether a search gives anything; one that asks for two categories at once finds nothing, and needs no permission. */
export function isGiven(question: HolderQuestion, permitted: readonly DataCategory[]): boolean {
  return question.ownCategories.length === 0 || grantOf(question, permitted) !== undefined;
}
