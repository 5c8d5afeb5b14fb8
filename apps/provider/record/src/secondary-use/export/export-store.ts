import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { PermitTerms } from '@samenhang/secondary-use';
import type { ExportRequest } from './export-request.js';
import type { MadePart } from './make-parts.js';

export interface Export {
  readonly id: string;
  readonly tenant: Ura;
  readonly client: string;
  readonly terms: PermitTerms;
  readonly request: ExportRequest;
  readonly status: 'running' | 'done' | 'failed';
  /** Which of its types is being made, and after which id. */
  readonly place: number;
  readonly afterId: string | null;
  readonly problem: string | null;
  readonly transactionTime: Date;
  readonly expiresAt: Date;
}

export interface ExportPart {
  readonly part: number;
  readonly type: string;
  readonly rows: number;
}

const COLUMNS = `id, tenant, client, terms, request, status, place, after_id AS "afterId", problem,
  transaction_time AS "transactionTime", expires_at AS "expiresAt"`;

export async function insertExport(
  transaction: Transaction,
  {
    id,
    tenant,
    client,
    terms,
    request,
    expiresAt,
  }: Omit<Export, 'status' | 'place' | 'afterId' | 'problem' | 'transactionTime'>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO secondary_export (id, tenant, client, terms, request, status, expires_at)
     VALUES ($1, $2, $3, $4, $5, 'running', $6)`,
    [id, tenant, client, JSON.stringify(terms), JSON.stringify(request), expiresAt],
  );
}

/** One that has expired is there no more. */
export async function findExport(
  transaction: Transaction,
  id: string,
  lock = false,
): Promise<Export | undefined> {
  const [row] = await transaction.query<Export>(
    `SELECT ${COLUMNS} FROM secondary_export WHERE id = $1 AND expires_at > now()${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return row;
}

export function listRunning(transaction: Transaction): Promise<{ id: string; tenant: Ura }[]> {
  return transaction.query(
    `SELECT id, tenant FROM secondary_export WHERE status = 'running' AND expires_at > now()`,
  );
}

export async function removeExpired(transaction: Transaction): Promise<void> {
  await transaction.query('DELETE FROM secondary_export WHERE expires_at <= now()');
}

export async function removeExport(transaction: Transaction, id: string): Promise<boolean> {
  const rows = await transaction.query('DELETE FROM secondary_export WHERE id = $1 RETURNING 1', [id]);
  return rows.length > 0;
}

/** A part of a type, and how far it goes, in one transaction. */
export async function addPart(
  transaction: Transaction,
  { id, tenant, place }: Pick<Export, 'id' | 'tenant' | 'place'>,
  type: string,
  { rows, texts, lastId, isLast }: MadePart,
): Promise<void> {
  if (rows > 0)
    await transaction.query(
      `INSERT INTO secondary_export_part (export_id, tenant, part, type, rows, body)
     SELECT $1, $2, count(*), $3, $4, $5 FROM secondary_export_part WHERE export_id = $1`,
      // As bytes it goes to the server in its own form, with its length: nothing in it is looked at for an end.
      [id, tenant, type, rows, Buffer.from(texts.join(''))],
    );
  await transaction.query('UPDATE secondary_export SET place = $2, after_id = $3 WHERE id = $1', [
    id,
    isLast ? place + 1 : place,
    isLast ? null : lastId,
  ]);
}

/** Nothing of it is left but how it ended. */
export async function removeParts(transaction: Transaction, id: string): Promise<void> {
  await transaction.query('DELETE FROM secondary_export_part WHERE export_id = $1', [id]);
}

export async function endExport(
  transaction: Transaction,
  id: string,
  status: 'done' | 'failed',
  problem: string | null = null,
): Promise<void> {
  await transaction.query('UPDATE secondary_export SET status = $2, problem = $3 WHERE id = $1', [
    id,
    status,
    problem,
  ]);
}

export function listParts(transaction: Transaction, id: string): Promise<ExportPart[]> {
  return transaction.query(
    'SELECT part, type, rows FROM secondary_export_part WHERE export_id = $1 ORDER BY part',
    [id],
  );
}

export async function findPart(
  transaction: Transaction,
  id: string,
  part: number,
): Promise<{ type: string; body: string } | undefined> {
  const [row] = await transaction.query<{ type: string; body: string }>(
    'SELECT type, body FROM secondary_export_part WHERE export_id = $1 AND part = $2',
    [id, part],
  );
  return row;
}
