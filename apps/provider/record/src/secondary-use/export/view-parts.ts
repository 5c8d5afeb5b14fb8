import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { PermitTerms } from '@samenhang/secondary-use';
import { permittedSource } from '../permitted-source.js';
import { asFailure, type PersonRow } from '../view-rows.js';
import { viewStatement } from '../view-statement.js';
import type { ExportMember } from './export-members.js';
import type { ExportedType, ExportedView } from './export-request.js';
import type { MadePart } from './make-parts.js';

/** Rows that a view makes of one resource, over those of a part. */
const MOST_ROWS_OF_ONE = 20;

export interface ViewSource {
  readonly tenant: string;
  readonly terms: PermitTerms;
  readonly wanted: ExportedType;
  readonly view: ExportedView;
  readonly members: readonly ExportMember[];
  readonly limit: number;
  /** Objects are given as they are; of lists other files are made. */
  readonly form: 'array' | 'object';
  /** In a transaction that only reads, and ends in time. */
  readonly reading: <T>(read: (transaction: Transaction) => Promise<T>) => Promise<T>;
}

/**
 * The rows of a view over so many resources at a time, made in the database, where a view that goes on for ever is ended. Each
 * line has in front of it whose row it is.
 */
export async function* makeViewParts(source: ViewSource, begin: string | null): AsyncGenerator<MadePart> {
  for (let afterId = begin; ;) {
    const part = await source.reading((transaction) => makePart(transaction, source, afterId));
    yield part;
    if (part.isLast) return;
    afterId = part.lastId;
  }
}

async function makePart(
  transaction: Transaction,
  { tenant, terms, wanted, view, members, limit, form }: ViewSource,
  afterId: string | null,
): Promise<MadePart> {
  const { dataset, where } = wanted;
  const conditions = ['r.tenant = $1', 'r.type = $2', 'NOT r.deleted', 'r.id > $3', ...where].join(' AND ');
  const [page] = await transaction.query<{ count: number; lastId: string | null }>(
    `SELECT count(*)::int AS count, max(page.id) AS "lastId"
     FROM (SELECT r.id FROM resource r WHERE ${conditions} ORDER BY r.id LIMIT $4) AS page`,
    [tenant, dataset.type, afterId ?? '', limit],
  );
  const { count = 0, lastId = null } = page ?? {};
  const isLast = count < limit;
  if (lastId === null) return { rows: 0, texts: [], lastId, isLast };
  const most = limit * MOST_ROWS_OF_ONE;
  const from = permittedSource(dataset, terms, 'permitted', { where, after: '$5', upTo: '$6' });
  const keys = members.flatMap((member) => member.patientKeys.map((patientKey) => ({ patientKey, member })));
  const rows = await asFailure(() =>
    transaction.query<PersonRow>(`${viewStatement(view.plan, from, form)} LIMIT ${most + 1}`, [
      tenant,
      keys.map(({ patientKey }) => patientKey),
      keys.map(({ member }) => member.key),
      keys.map(({ member }) => member.shiftDays),
      afterId ?? '',
      lastId,
    ]),
  );
  if (rows.length > most) throw new Failure('invalid', 'The view makes more rows than a holder gives');
  const texts = rows.map(({ person, cells }) => `${person}\t${cells}\n`);
  return { rows: rows.length, texts, lastId, isLast };
}
