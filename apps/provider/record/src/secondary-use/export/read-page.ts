import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PermitTerms } from '@samenhang/secondary-use';
import { resourceKey } from '../permitted-source.js';
import type { ExportedType } from './export-request.js';

/** A resource that is next, whoever it is of. */
export interface PageRow {
  readonly id: string;
  readonly patientKey: string | null;
  /** The id it has for the project; null, as its body, where the permit does not give it. */
  readonly key: string | null;
  readonly body: string | null;
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

/** In the order of the primary key, and of so many resources whether they are permitted or not: no page costs more than another. */
export function readPage(
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
  return transaction.query<PageRow>(
    `SELECT r.id, r.patient_key::text AS "patientKey", ${given(resourceKey('r.id', type, terms))} AS key, ${given('r.body')} AS body
     FROM resource r WHERE ${conditions} ORDER BY r.id LIMIT $3`,
    [tenant, afterId ?? '', limit, ...(patientKeys === undefined ? [] : [patientKeys])],
  );
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
