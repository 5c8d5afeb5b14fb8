import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { Bsn } from '@samenhang/patient-identity';

export const verdicts = ['justified', 'unjustified'] as const;
export type Verdict = (typeof verdicts)[number];

/** One patient's data that was given on one declaration of an emergency. The reason is in the declarer's audit trail. */
export interface EmergencyAccessItem {
  readonly emergencyAccess: string;
  /** Reference to the Patient at this holder. */
  readonly patient?: string;
  readonly requester: string;
  readonly professional: string;
  readonly roleCode: string;
  readonly purposeOfUse: string;
  readonly resourceTypes: readonly string[];
  readonly firstAt: string;
  readonly lastAt: string;
  readonly verdict?: Verdict;
  readonly reviewedAt?: string;
  readonly reviewedBy?: string;
}

export interface EmergencyDisclosure {
  readonly tenant: Ura;
  readonly identity: VerifiedIdentity;
  readonly bsn: Bsn;
  readonly bsnKey: string;
  readonly patientId: string | undefined;
  readonly resourceTypes: readonly string[];
}

/**
 * Puts data that is about to be given in an emergency on the list for review, in the transaction that reads it; the first
 * time for a declaration and a patient, the patient is to be told as well.
 */
export async function noteEmergencyAccess(
  outbox: EventOutbox,
  transaction: Transaction,
  { tenant, identity, bsn, bsnKey, patientId, resourceTypes }: EmergencyDisclosure,
): Promise<void> {
  const { emergency, organisation, professional, purposeOfUse } = identity;
  if (emergency === undefined || organisation === undefined || professional === undefined)
    throw new Failure('forbidden', 'Emergency access is not declared');
  const [row] = await transaction.query<{ is_new: boolean }>(
    `INSERT INTO emergency_access AS e
       (tenant, emergency_id, bsn_key, patient_id, requester, professional, role_code, purpose_of_use, resource_types)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant, emergency_id, bsn_key) DO UPDATE SET last_at = now(),
       resource_types = ARRAY(SELECT DISTINCT unnest(e.resource_types || excluded.resource_types) ORDER BY 1)
     RETURNING (xmax = 0) AS is_new`,
    [
      tenant,
      emergency.id,
      bsnKey,
      patientId ?? null,
      organisation.ura,
      professional.id,
      professional.roleCode,
      purposeOfUse ?? '',
      resourceTypes,
    ],
  );
  if (row?.is_new !== true) return;
  await outbox.publish(transaction, [
    {
      type: 'patient.notice-due',
      key: bsnKey,
      tenant,
      payload: {
        bsn,
        kind: 'emergency-access',
        custodian: tenant,
        requester: organisation.ura,
        roleCode: professional.roleCode,
        emergencyAccess: emergency.id,
        at: new Date().toISOString(),
      },
    },
  ]);
}

interface ItemRow {
  emergency_id: string;
  patient_id: string | null;
  requester: string;
  professional: string;
  role_code: string;
  purpose_of_use: string;
  resource_types: string[];
  first_at: Date;
  last_at: Date;
  verdict: Verdict | null;
  reviewed_at: Date | null;
  reviewed_by: string | null;
}

const LIST_LIMIT = 500;

/** Oldest first: what waits longest for a review comes first. */
export async function listEmergencyAccesses(
  transaction: Transaction,
  tenant: Ura,
  status: 'open' | 'reviewed',
): Promise<EmergencyAccessItem[]> {
  const rows = await transaction.query<ItemRow>(
    `SELECT * FROM emergency_access WHERE tenant = $1 AND (verdict IS NULL) = $2 ORDER BY first_at, emergency_id LIMIT $3`,
    [tenant, status === 'open', LIST_LIMIT],
  );
  return rows.map(toItem);
}

/** @throws Failure('not-found') when there is nothing of that declaration left to review */
export async function reviewEmergencyAccess(
  transaction: Transaction,
  tenant: Ura,
  review: { readonly emergencyAccess: string; readonly verdict: Verdict; readonly reviewer: string },
): Promise<void> {
  const rows = await transaction.query(
    `UPDATE emergency_access SET verdict = $3, reviewed_by = $4, reviewed_at = now()
     WHERE tenant = $1 AND emergency_id = $2 AND verdict IS NULL RETURNING emergency_id`,
    [tenant, review.emergencyAccess, review.verdict, review.reviewer],
  );
  if (rows.length === 0) throw new Failure('not-found', 'There is no such emergency access to review');
}

function toItem(row: ItemRow): EmergencyAccessItem {
  return {
    emergencyAccess: row.emergency_id,
    ...(row.patient_id === null ? {} : { patient: `Patient/${row.patient_id}` }),
    requester: row.requester,
    professional: row.professional,
    roleCode: row.role_code,
    purposeOfUse: row.purpose_of_use,
    resourceTypes: row.resource_types,
    firstAt: row.first_at.toISOString(),
    lastAt: row.last_at.toISOString(),
    ...(row.verdict === null ? {} : { verdict: row.verdict }),
    ...(row.reviewed_at === null ? {} : { reviewedAt: row.reviewed_at.toISOString() }),
    ...(row.reviewed_by === null ? {} : { reviewedBy: row.reviewed_by }),
  };
}
