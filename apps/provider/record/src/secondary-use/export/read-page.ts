import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PermitTerms } from '@samenhang/secondary-use';
import { resourceKey } from '../permitted-source.js';
import type { ExportedType } from './export-request.js';
import type { StoredResource } from './minimise.js';

/** Neither is in JSON or in an id. */
const [END_OF_FIELD, END_OF_ROW] = ['\x1f', '\x1e'];
/** Of one text that the database makes of a page, but for its last resource. */
const TEXT_BYTES = 256 * 1024;

/** A resource that is next, whoever it is of. */
export interface PageRow {
  readonly id: string;
  readonly patientKey: string | null;
  /** Null where the permit does not give it. */
  readonly resource: StoredResource | null;
}

export interface PageRequest {
  readonly tenant: Ura;
  readonly terms: PermitTerms;
  readonly wanted: ExportedType;
  readonly afterId: string | null;
  readonly limit: number;
  /** Whose bodies are read. Given where a permit is for some of the patients only. */
  readonly patientKeys?: readonly number[];
}

/**
 * In the order of the primary key, and of so many resources whether they are permitted or not: no page costs more than another.
 * They come as a few long texts: reading them row by row would cost as much as making them coarser.
 */
export async function readPage(
  transaction: Transaction,
  { tenant, terms, wanted, afterId, limit, patientKeys }: PageRequest,
): Promise<PageRow[]> {
  const { type } = wanted.dataset;
  const conditions = [
    'r.tenant = $1',
    `r.type = '${type}'`,
    'NOT r.deleted',
    'r.id > $2',
    ...wanted.where,
  ].join(' AND ');
  const permitted = [
    ...(type === 'Patient' ? [] : withinPeriod(terms)),
    ...(patientKeys === undefined ? [] : ['r.patient_key = ANY ($4::bigint[])']),
  ];
  const given = (value: string): string =>
    permitted.length === 0 ? value : `CASE WHEN ${permitted.join(' AND ')} THEN ${value} END`;
  const fields = ['page.id', 'page.patient_key::text', 'page.key', 'page.body']
    .map((field) => `coalesce(${field}, '')`)
    .join(' || chr(31) || ');
  const texts = await transaction.query<{ text: string }>(
    `SELECT string_agg(${fields}, chr(30)) AS text
     FROM (SELECT r.id, r.patient_key, ${given(resourceKey('r.id', type, terms))} AS key, ${given('r.body')} AS body,
         sum(octet_length(r.body)) OVER (ORDER BY r.id ROWS UNBOUNDED PRECEDING) / ${TEXT_BYTES} AS text
       FROM resource r WHERE ${conditions} ORDER BY r.id LIMIT $3) AS page
     GROUP BY page.text`,
    [tenant, afterId ?? '', limit, ...(patientKeys === undefined ? [] : [patientKeys])],
  );
  // Grouping promises no order; where they are in order already, this looks at each once.
  return texts.flatMap(({ text }) => rowsOf(text)).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function rowsOf(text: string): PageRow[] {
  const rows: PageRow[] = [];
  for (let at = 0; at <= text.length;) {
    const endOfId = text.indexOf(END_OF_FIELD, at);
    const endOfPatient = text.indexOf(END_OF_FIELD, endOfId + 1);
    const endOfKey = text.indexOf(END_OF_FIELD, endOfPatient + 1);
    const found = text.indexOf(END_OF_ROW, endOfKey + 1);
    const until = found < 0 ? text.length : found;
    const [patientKey, key] = [text.slice(endOfId + 1, endOfPatient), text.slice(endOfPatient + 1, endOfKey)];
    rows.push({
      id: text.slice(at, endOfId),
      patientKey: patientKey === '' ? null : patientKey,
      resource: key === '' ? null : { key, text, from: endOfKey + 1, until },
    });
    at = until + 1;
  }
  return rows;
}

/** Of several Patient resources of one person the first stands for all: which those are, by patient key. */
export function firstPatients(
  transaction: Transaction,
  tenant: Ura,
  { where }: ExportedType,
): Promise<{ patientKey: string; id: string }[]> {
  const conditions = ['r.tenant = $1', `r.type = 'Patient'`, 'NOT r.deleted', ...where].join(' AND ');
  return transaction.query(
    `SELECT r.patient_key::text AS "patientKey", min(r.id) AS id FROM resource r
     WHERE ${conditions} AND r.patient_key IS NOT NULL GROUP BY r.patient_key`,
    [tenant],
  );
}

function withinPeriod({ period }: PermitTerms): string[] {
  return [`r.effective_from >= '${period.from}'::date`, `r.effective_from < '${period.until}'::date`];
}
