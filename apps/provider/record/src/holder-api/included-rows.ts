import type { Ura } from '@samenhang/data-model';
import type { Grant } from '../resources/grants.js';
import { supportingTypes } from '../resources/record-resources.js';
import type { AnswerForm, Inclusion } from './answer-form.js';
import type { Person } from './person.js';
import type { SearchConditions } from './search-conditions.js';

/** What may come along: of this person, of the types and categories that are permitted, and supporting resources. */
export interface Visible {
  readonly tenant: Ura;
  readonly person: Person;
  readonly grants: readonly Grant[];
}

/** How far `:iterate` goes. */
const MAXIMUM_DEPTH = 5;

/**
 * Common table expressions that end in `included (type, id)`: what is referred to from `page` and what refers to it.
 * Each step looks rows up by their key, so its cost does not depend on how much is stored.
 * @returns undefined when nothing is asked along
 */
export function includedRows(
  conditions: SearchConditions,
  { includes, revIncludes, count }: AnswerForm,
  visible: Visible,
): string | undefined {
  const backwards = revIncludes.filter(({ source }) => source !== 'Provenance');
  const storedProvenance = revIncludes.length > backwards.length;
  if (includes.length === 0 && revIncludes.length === 0) return undefined;
  const limit = conditions.value(count);
  const seen = visibleClause(conditions, visible);
  const start = `SELECT type, id, links, 0 AS depth FROM page WHERE position <= ${limit}`;
  const referring =
    storedProvenance || backwards.length > 0
      ? referringRows(conditions, revIncludes, visible, seen, limit)
      : undefined;
  const origin = referring === undefined ? start : `${start} UNION SELECT type, id, links, 1 FROM referring`;
  return `${referring === undefined ? '' : `referring AS (${referring}), `}origin AS (${origin}),
    reached (type, id, links, depth) AS (
      SELECT type, id, links, depth FROM origin
      UNION SELECT n.type, n.id, n.links, reached.depth + 1 FROM reached ${followed(conditions, includes, visible, seen)}
    ), included AS (
      SELECT DISTINCT type, id FROM reached WHERE depth > 0 EXCEPT SELECT type, id FROM page WHERE position <= ${limit}
    )`;
}

/** Joins what a reached row refers to. A reference to another Patient of the person means the one that stands for all. */
function followed(
  conditions: SearchConditions,
  includes: readonly Inclusion[],
  { tenant, person }: Visible,
  seen: string,
): string {
  const list = (values: readonly (string | boolean | null)[], type: string): string =>
    `${conditions.value(values)}::${type}[]`;
  const wanted = [
    list(
      includes.map(({ source }) => source),
      'text',
    ),
    list(
      includes.map(({ name }) => name),
      'text',
    ),
    list(
      includes.map(({ target }) => target ?? null),
      'text',
    ),
    list(
      includes.map(({ iterate }) => iterate),
      'boolean',
    ),
  ].join(', ');
  const others = list(
    person.otherIds.map((id) => `Patient/${id}`),
    'text',
  );
  const head = conditions.value(`Patient/${person.patientId ?? ''}`);
  return `CROSS JOIN LATERAL unnest(reached.links) AS l(link)
      JOIN unnest(${wanted}) AS w(source, name, target, iterate)
        ON w.source = reached.type AND w.name = split_part(l.link, '=', 1) AND (w.iterate OR reached.depth = 0)
      CROSS JOIN LATERAL (SELECT split_part(l.link, '=', 2) AS stated) AS s
      CROSS JOIN LATERAL (SELECT CASE WHEN s.stated = ANY(${others}) THEN ${head} ELSE s.stated END AS reference) AS t
      CROSS JOIN LATERAL (
        SELECT o.type, o.id, o.links FROM resource o
        WHERE o.tenant = ${conditions.value(tenant)} AND o.type = split_part(t.reference, '/', 1) COLLATE "C"
          AND o.id = split_part(t.reference, '/', 2) COLLATE "C" AND (w.target IS NULL OR o.type = w.target) AND ${seen}
        LIMIT 1
      ) AS n
      WHERE reached.depth < ${MAXIMUM_DEPTH}`;
}

/** Rows of the person that refer to one of the page. */
function referringRows(
  conditions: SearchConditions,
  revIncludes: readonly Inclusion[],
  { tenant, person }: Visible,
  seen: string,
  limit: string,
): string {
  const sources = `${conditions.value(revIncludes.map(({ source }) => source))}::text[]`;
  const names = `${conditions.value(revIncludes.map(({ name }) => name))}::text[]`;
  return `SELECT o.type, o.id, o.links FROM resource o CROSS JOIN LATERAL unnest(o.links) AS l(link)
      JOIN (SELECT w.source, w.name || '=' || page.type || '/' || page.id AS link
        FROM page CROSS JOIN unnest(${sources}, ${names}) AS w(source, name) WHERE page.position <= ${limit}) AS e
        ON e.source = o.type AND e.link = l.link
      WHERE o.tenant = ${conditions.value(tenant)} AND o.patient_key = ANY(${conditions.value(person.patientKeys)}::bigint[])
        AND o.type = ANY(${sources} COLLATE "C") AND ${seen}`;
}

/** What may be given of the table under this name. */
export function visibleClause(conditions: SearchConditions, { person, grants }: Visible, row = 'o'): string {
  const ofPerson = `${row}.patient_key = ANY(${conditions.value(person.patientKeys)}::bigint[])`;
  const types = `${conditions.value(grants.map(({ type }) => type))}::text[] COLLATE "C"`;
  const categories = `${conditions.value(grants.flatMap((grant) => grant.categories))}::text[] COLLATE "C"`;
  const uncategorised = `${conditions.value(grants.flatMap(({ type, uncategorised: may }) => (may ? [type] : [])))}::text[] COLLATE "C"`;
  const supporting = `${conditions.value([...supportingTypes])}::text[] COLLATE "C"`;
  const head = conditions.value(person.patientId ?? '');
  return `NOT ${row}.deleted AND (
      (${row}.type = ANY(${supporting}) AND (${row}.patient_key IS NULL OR ${ofPerson}))
      OR (${row}.type = ANY(${types}) AND ${ofPerson} AND (${row}.type <> 'Patient' OR ${row}.id = ${head})
        AND (${row}.category = ANY(${categories}) OR (${row}.category IS NULL AND ${row}.type = ANY(${uncategorised})))))`;
}
