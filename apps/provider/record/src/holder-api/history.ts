import type { DataCategory, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import { decodeCursor, encodeCursor, parseDate, type SearchParameter } from '@samenhang/fhir-http';
import { isInstant } from '@samenhang/fhir-r4';
import { findGrant } from '../resources/grants.js';
import { toTimestamp } from '../resources/timestamp.js';
import { redirectReferences, type Person } from './person.js';
import { readCount } from './search-conditions.js';
import type { FactRow } from './stored-fact.js';

/** What was the case of a type, or of one resource, and how much of it is wanted. */
export interface HistoryQuestion {
  readonly type: string;
  readonly id: string | undefined;
  readonly count: number;
  readonly since: string | null;
  /** Where the last page ended: time, id and version. */
  readonly after: readonly [string, string, number] | undefined;
}

export interface HistoryEntry {
  readonly id: string;
  readonly version: number;
  readonly lastUpdated: string;
  /** Null: it was deleted. */
  readonly body: string | null;
}

export interface History {
  readonly entries: readonly HistoryEntry[];
  /** Cursor of the next page. */
  readonly next: string | undefined;
}

/** `_count`, `_since` and our own cursor (http://hl7.org/fhir/R4/http.html#history). @throws Failure('malformed') */
export function readHistoryQuestion(
  type: string,
  id: string | undefined,
  parameters: readonly SearchParameter[],
): HistoryQuestion {
  const valueOf = (name: string): string | undefined =>
    parameters.find((parameter) => parameter.name === name)?.values[0];
  const since = valueOf('_since');
  const cursor = valueOf('_cursor');
  return {
    type,
    id,
    count: readCount(parameters),
    since: since === undefined ? null : toTimestamp(parseDate(since, '_since').from),
    after: cursor === undefined ? undefined : readCursor(cursor),
  };
}

function readCursor(text: string): readonly [string, string, number] {
  const [time, id, version] = decodeCursor(text, 3);
  const isTime = typeof time === 'string' && isInstant(time);
  if (!isTime || typeof id !== 'string' || typeof version !== 'number' || version !== (version | 0))
    throw new Failure('malformed', 'The cursor cannot be read');
  return [time, id, version];
}

interface VersionRow extends FactRow {
  at: string;
}

/**
 * Versions of this person's resources, newest first, each given only if what it was then may be given. That something was
 * deleted is told of what would have been given before.
 */
export async function readHistory(
  transaction: Transaction,
  tenant: Ura,
  { type, id, count, since, after }: HistoryQuestion,
  person: Person,
  permitted: readonly DataCategory[],
): Promise<History> {
  const grant = findGrant(type, permitted);
  if (grant === undefined) return { entries: [], next: undefined };
  const columns = 'id, version, last_updated, patient_key, category, deleted, body';
  const isOfPerson = `tenant = $1 AND type = $2 AND patient_key = ANY($3::bigint[]) AND ($4::text IS NULL OR id = $4 COLLATE "C")`;
  const rows = await transaction.query<VersionRow>(
    `WITH version AS (
       SELECT ${columns} FROM resource WHERE ${isOfPerson}
       UNION ALL SELECT ${columns} FROM resource_history WHERE ${isOfPerson}
     ), given AS (
       SELECT * FROM version WHERE NOT deleted
         AND (category = ANY($5::text[] COLLATE "C") OR (category IS NULL AND $6::boolean))
     )
     SELECT id, version, last_updated, patient_key, category, body,
       to_char(last_updated AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
     FROM (SELECT * FROM given
       UNION ALL SELECT * FROM version v WHERE v.deleted AND EXISTS (SELECT FROM given g WHERE g.id = v.id)) AS told
     WHERE ($7::timestamptz IS NULL OR last_updated >= $7::timestamptz)
       AND ($8::timestamptz IS NULL OR last_updated < $8::timestamptz
         OR (last_updated = $8::timestamptz AND (id > $9 OR (id = $9 AND version < $10))))
     ORDER BY last_updated DESC, id, version DESC LIMIT $11`,
    [
      tenant,
      type,
      person.patientKeys,
      id ?? null,
      grant.categories,
      grant.uncategorised,
      since,
      after?.[0] ?? null,
      after?.[1] ?? '',
      after?.[2] ?? 0,
      count + 1,
    ],
  );
  const page = rows.slice(0, count);
  const last = rows.length > count ? page.at(-1) : undefined;
  return {
    entries: page.map((row) => ({
      id: row.id,
      version: row.version,
      lastUpdated: row.last_updated.toISOString(),
      body: row.body === null ? null : redirectReferences(row.body, person),
    })),
    next: last === undefined ? undefined : encodeCursor([last.at, last.id, last.version]),
  };
}

/** A history Bundle, stored texts joined. */
export function writeHistory(base: string, type: string, self: string, { entries, next }: History): string {
  const link = [
    { relation: 'self', url: self },
    ...(next === undefined
      ? []
      : [{ relation: 'next', url: `${self}${self.includes('?') ? '&' : '?'}_cursor=${next}` }]),
  ];
  const written = entries.map(({ id, version, lastUpdated, body }) => {
    const method = body === null ? 'DELETE' : version === 1 ? 'POST' : 'PUT';
    const request = { method, url: method === 'POST' ? type : `${type}/${id}` };
    const response = {
      status: body === null ? '204' : version === 1 ? '201' : '200',
      etag: `W/"${version}"`,
      lastModified: lastUpdated,
    };
    const resource = body === null ? '' : `"resource":${body},`;
    return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`;
  });
  const entry = written.length === 0 ? '' : `,"entry":[${written.join(',')}]`;
  return `{"resourceType":"Bundle","type":"history","link":${JSON.stringify(link)}${entry}}`;
}
