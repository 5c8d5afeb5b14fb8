import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { Sealed } from '@samenhang/persistence';
import type { Permit, PermitApplication, PermitStatus } from './permit.js';

interface PermitRow {
  id: string;
  requester: Ura;
  application: PermitApplication;
  status: PermitStatus;
  expires_at: Date | null;
}

type Reads = Pick<Transaction, 'query'>;
const COLUMNS = 'id, requester, application, status, expires_at';

export async function insertPermit(transaction: Transaction, permit: Permit): Promise<void> {
  const { id, requester, status, ...application } = permit;
  await transaction.query('INSERT INTO permit (id, requester, application, status) VALUES ($1, $2, $3, $4)', [
    id,
    requester,
    JSON.stringify(application),
    status,
  ]);
}

export async function findPermit(reads: Reads, id: string, lock = false): Promise<Permit | undefined> {
  const [row] = await reads.query<PermitRow>(
    `SELECT ${COLUMNS} FROM permit WHERE id = $1${lock ? ' FOR UPDATE' : ''}`,
    [id],
  );
  return row && toPermit(row);
}

export async function listPermits(reads: Reads, requester: Ura | undefined): Promise<Permit[]> {
  const rows = await reads.query<PermitRow>(
    `SELECT ${COLUMNS} FROM permit WHERE $1::text IS NULL OR requester = $1 ORDER BY created_at, id`,
    [requester ?? null],
  );
  return rows.map(toPermit);
}

export async function updateStatus(
  transaction: Transaction,
  id: string,
  status: PermitStatus,
  granted?: { readonly expiresAt: Date; readonly secret: Sealed },
): Promise<void> {
  await transaction.query(
    `UPDATE permit SET status = $2, expires_at = coalesce($3, expires_at),
       project_secret = coalesce($4, project_secret) WHERE id = $1`,
    [id, status, granted?.expiresAt ?? null, granted === undefined ? null : JSON.stringify(granted.secret)],
  );
}

export async function addDecision(
  transaction: Transaction,
  decision: { permitId: string; act: string; organisation: string | null; person: string },
): Promise<void> {
  await transaction.query(
    'INSERT INTO permit_decision (permit_id, act, organisation, person) VALUES ($1, $2, $3, $4)',
    [decision.permitId, decision.act, decision.organisation, decision.person],
  );
}

export async function findProjectSecret(reads: Reads, id: string): Promise<Sealed | undefined> {
  const [row] = await reads.query<{ project_secret: Sealed | null }>(
    'SELECT project_secret FROM permit WHERE id = $1',
    [id],
  );
  return row?.project_secret ?? undefined;
}

function toPermit({ id, requester, application, status, expires_at: expiresAt }: PermitRow): Permit {
  return { ...application, id, requester, status, ...(expiresAt === null ? {} : { expiresAt }) };
}
