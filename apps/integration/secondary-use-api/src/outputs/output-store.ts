import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { KeptFile } from './airlock.js';
import type { HolderOutcome } from '../holders/holder-outcome.js';
import type { SignedManifest } from '../releases/sign-manifest.js';
import type { OutputReport } from './make-output.js';
import type { OutputRequest } from './output-request.js';

/**
 * `running` → `checking` (a person is to look) → `released` or `refused`. `failed`: it could not be made; `held`: the automatic
 * check lets nothing of it out.
 */
export type OutputStatus = 'running' | 'failed' | 'held' | 'checking' | 'released' | 'refused';

export interface Output {
  readonly id: string;
  readonly permitId: string;
  readonly requester: Ura;
  readonly request: OutputRequest;
  readonly status: OutputStatus;
  readonly holders: readonly HolderOutcome[];
  readonly report: OutputReport | null;
  readonly problem: string | null;
  readonly files: readonly KeptFile[];
  readonly createdAt: Date;
}

type Reads = Pick<Transaction, 'query'>;
const COLUMNS = `id, permit_id AS "permitId", requester, request, status, holders, report, problem, files,
  created_at AS "createdAt"`;

export async function insertOutput(
  transaction: Transaction,
  output: Pick<Output, 'id' | 'permitId' | 'requester' | 'request'>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO output (id, permit_id, requester, request, status) VALUES ($1, $2, $3, $4, 'running')`,
    [output.id, output.permitId, output.requester, JSON.stringify(output.request)],
  );
}

export async function findOutput(reads: Reads, id: string, lock = false): Promise<Output | undefined> {
  const [row] = await reads.query<Output>(
    `SELECT ${COLUMNS} FROM output WHERE id = $1${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return row;
}

export function listOutputs(reads: Reads, permitId: string): Promise<Output[]> {
  return reads.query<Output>(`SELECT ${COLUMNS} FROM output WHERE permit_id = $1 ORDER BY created_at, id`, [
    permitId,
  ]);
}

export function listOfStatus(reads: Reads, status: OutputStatus): Promise<Output[]> {
  return reads.query<Output>(`SELECT ${COLUMNS} FROM output WHERE status = $1 ORDER BY created_at, id`, [
    status,
  ]);
}

/** What became of an output that ran; of one that has gone on meanwhile nothing is changed. */
export async function finishOutput(
  transaction: Transaction,
  id: string,
  end: Pick<Output, 'status' | 'holders' | 'report' | 'problem' | 'files'>,
): Promise<void> {
  await transaction.query(
    `UPDATE output SET status = $2, holders = $3, report = $4, problem = $5, files = $6, finished_at = now()
     WHERE id = $1 AND status = 'running'`,
    [
      id,
      end.status,
      JSON.stringify(end.holders),
      end.report === null ? null : JSON.stringify(end.report),
      end.problem,
      JSON.stringify(end.files),
    ],
  );
}

export async function refuseOutput(transaction: Transaction, id: string, checkedBy: string): Promise<void> {
  await transaction.query(`UPDATE output SET status = 'refused', checked_by = $2 WHERE id = $1`, [
    id,
    checkedBy,
  ]);
}

/** With the statement of what is released, as it was signed. */
export async function releaseOutput(
  transaction: Transaction,
  id: string,
  checkedBy: string,
  { manifest, signature }: SignedManifest,
): Promise<void> {
  await transaction.query(
    `UPDATE output SET status = 'released', checked_by = $2, manifest = $3, signature = $4 WHERE id = $1`,
    [id, checkedBy, manifest, signature],
  );
}

export async function findManifest(reads: Reads, id: string): Promise<SignedManifest | undefined> {
  const [row] = await reads.query<SignedManifest>(
    `SELECT manifest, signature FROM output WHERE id = $1 AND status = 'released' AND manifest IS NOT NULL`,
    [id],
  );
  return row;
}

export async function keepPersons(
  transaction: Transaction,
  id: string,
  persons: ReadonlySet<string>,
): Promise<void> {
  await transaction.query(
    'INSERT INTO output_person (output_id, pseudonym) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
    [id, [...persons]],
  );
}

export async function personsOf(reads: Reads, id: string): Promise<string[]> {
  const rows = await reads.query<{ pseudonym: string }>(
    'SELECT pseudonym FROM output_person WHERE output_id = $1',
    [id],
  );
  return rows.map(({ pseudonym }) => pseudonym);
}

/** The register of what was released: in which of it a person is, by the pseudonym of a project. */
export function releasesWith(
  reads: Reads,
  pseudonym: string,
): Promise<{ id: string; permitId: string; releasedAt: Date }[]> {
  return reads.query(
    `SELECT o.id, o.permit_id AS "permitId", o.finished_at AS "releasedAt"
     FROM output_person p JOIN output o ON o.id = p.output_id
     WHERE p.pseudonym = $1 AND o.status = 'released' ORDER BY o.finished_at, o.id`,
    [pseudonym],
  );
}
