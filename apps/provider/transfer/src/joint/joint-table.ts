import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { Sealed } from '@samenhang/persistence';
import type { ElementChange, JointResource, JointType } from './contributions.js';

export interface JointRecord {
  readonly id: string;
  readonly version: number;
  readonly sealedBsn: Sealed;
  readonly participants: readonly string[];
}

export interface JointVersion {
  readonly version: number;
  readonly author: Ura;
  readonly professional: string | null;
  readonly lastUpdated: Date;
  readonly changes: readonly ElementChange[];
  /** Without the patient. */
  readonly body: JointResource;
}

/** @param lock keeps others from changing it until the transaction is over */
export async function findJoint(
  transaction: Transaction,
  tenant: Ura,
  type: JointType,
  id: string,
  lock = false,
): Promise<JointRecord | undefined> {
  const [row] = await transaction.query<JointRecord>(
    `SELECT id, version, sealed_bsn AS "sealedBsn", participants FROM joint_record
     WHERE tenant = $1 AND type = $2 AND id = $3${lock ? ' FOR UPDATE' : ''}`,
    [tenant, type, id],
  );
  return row;
}

/** Newest first; one of them when a version is named. */
export function versionsOf(
  transaction: Transaction,
  tenant: Ura,
  type: JointType,
  id: string,
  version?: number,
): Promise<JointVersion[]> {
  return transaction.query<JointVersion>(
    `SELECT version, author, professional, last_updated AS "lastUpdated", changes, body FROM joint_version
     WHERE tenant = $1 AND type = $2 AND id = $3 AND ($4::int IS NULL OR version = $4) ORDER BY version DESC`,
    [tenant, type, id, version ?? null],
  );
}

export async function insertJoint(
  transaction: Transaction,
  tenant: Ura,
  type: JointType,
  record: JointRecord & { readonly patientKey: string },
): Promise<void> {
  const { id, version, patientKey, sealedBsn, participants } = record;
  await transaction.query(
    `INSERT INTO joint_record (tenant, type, id, version, patient_key, sealed_bsn, participants)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tenant, type, id, version, patientKey, JSON.stringify(sealedBsn), participants],
  );
}

export async function moveJoint(
  transaction: Transaction,
  tenant: Ura,
  type: JointType,
  { id, version, participants }: Omit<JointRecord, 'sealedBsn'>,
): Promise<void> {
  await transaction.query(
    'UPDATE joint_record SET version = $4, participants = $5 WHERE tenant = $1 AND type = $2 AND id = $3',
    [tenant, type, id, version, participants],
  );
}

export async function insertJointVersion(
  transaction: Transaction,
  tenant: Ura,
  type: JointType,
  id: string,
  { version, author, professional, lastUpdated, changes, body }: JointVersion,
): Promise<void> {
  await transaction.query(
    `INSERT INTO joint_version (tenant, type, id, version, author, professional, last_updated, changes, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenant,
      type,
      id,
      version,
      author,
      professional,
      lastUpdated,
      JSON.stringify(changes),
      JSON.stringify(body),
    ],
  );
}
