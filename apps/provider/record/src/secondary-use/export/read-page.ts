import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PermitTerms } from '@samenhang/secondary-use';
import { resourceKey } from '../permitted-source.js';
import type { ExportedType } from './export-request.js';
import type { StoredResource } from './minimise.js';

/** Neither in JSON nor in an id. */
const END_OF_FIELD = '\x1f';

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
 * Each comes as one text: telling columns apart costs the driver more than it costs here.
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
  const key = given(resourceKey('r.id', type, terms));
  const fields = ['r.id', 'r.patient_key::text', key, given('r.body')]
    .map((field) => `coalesce(${field}, '')`)
    .join(' || chr(31) || ');
  const rows = await transaction.query<{ text: string }>(
    `SELECT ${fields} AS text FROM resource r WHERE ${conditions} ORDER BY r.id LIMIT $3`,
    [tenant, afterId ?? '', limit, ...(patientKeys === undefined ? [] : [patientKeys])],
  );
  return rows.map(toRow);
}

function toRow({ text }: { readonly text: string }): PageRow {
  const endOfId = text.indexOf(END_OF_FIELD);
  const endOfPatient = text.indexOf(END_OF_FIELD, endOfId + 1);
  const endOfKey = text.indexOf(END_OF_FIELD, endOfPatient + 1);
  const [patientKey, key] = [text.slice(endOfId + 1, endOfPatient), text.slice(endOfPatient + 1, endOfKey)];
  return {
    id: text.slice(0, endOfId),
    patientKey: patientKey === '' ? null : patientKey,
    resource: key === '' ? null : { key, text, from: endOfKey + 1 },
  };
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
