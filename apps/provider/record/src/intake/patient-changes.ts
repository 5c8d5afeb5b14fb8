import { isDataCategory, type ChangedFact, type NewEvent, type Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { ChangeHandles } from '@samenhang/patient-identity';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { keyOf, type PlannedVersion, type ResourceState } from '../resources/plan-writes.js';

/** An event stays small; what changed at once beyond this is told in several. */
const FACTS_PER_EVENT = 100;

interface SealedRow {
  tenant: Ura;
  bsn_key: string;
  sealed: Buffer;
}

/** By whom a patient is known, as `PatientNode` has it. */
export interface KnownPatient {
  readonly key: number;
  readonly bsnKey: string | null;
}

interface ChangeKeeping {
  readonly vault: CitizenNumberVault;
  readonly handles: ChangeHandles;
}

/**
 * Which facts of which citizens have another version now, for those who subscribed to them. Nothing is told of a patient
 * without BSN: nobody could have asked for one.
 */
export async function patientChanges(
  transaction: Transaction,
  versions: readonly PlannedVersion[],
  { stored, patients }: { stored: readonly ResourceState[]; patients: readonly KnownPatient[] },
  { vault, handles }: ChangeKeeping,
): Promise<NewEvent<'record.patient-changed'>[]> {
  const facts = factsByCitizen(versions, stored, patients);
  if (facts.size === 0) return [];
  const citizens = [...facts.keys()].map((name) => name.split('/'));
  const rows = await transaction.query<SealedRow>(
    `SELECT c.tenant, c.bsn_key, c.sealed FROM citizen_number c
       JOIN unnest($1::text[], $2::text[]) AS a(tenant, bsn_key)
         ON c.tenant = a.tenant COLLATE "C" AND c.bsn_key = a.bsn_key COLLATE "C"
      ORDER BY 1, 2`,
    [citizens.map(([tenant]) => tenant), citizens.map(([, bsnKey]) => bsnKey)],
  );
  return rows.flatMap(({ tenant, bsn_key, sealed }) => {
    const patientHandle = handles.handleOf(vault.open(tenant, bsn_key, sealed));
    return inParts(facts.get(`${tenant}/${bsn_key}`) ?? []).map((part) => ({
      type: 'record.patient-changed' as const,
      key: patientHandle,
      tenant,
      payload: { patientHandle, custodian: tenant, facts: part },
    }));
  });
}

function factsByCitizen(
  versions: readonly PlannedVersion[],
  stored: readonly ResourceState[],
  patients: readonly KnownPatient[],
): Map<string, ChangedFact[]> {
  const before = new Map(stored.map((state) => [keyOf(state), state]));
  const citizens = new Map(patients.map(({ key, bsnKey }) => [key, bsnKey]));
  const facts = new Map<string, ChangedFact[]>();
  for (const version of versions) {
    const earlier = before.get(keyOf(version));
    // Who a patient is, is no fact about the patient.
    if (version.type === 'Patient') continue;
    // What is gone has no category any more: it is told as what it was.
    const category = version.category ?? earlier?.category ?? null;
    if (category === null || !isDataCategory(category)) continue;
    const fact = { category, resourceType: version.type, id: version.id };
    for (const name of citizensOf(version, earlier, citizens))
      facts.set(name, [...(facts.get(name) ?? []), fact]);
  }
  return facts;
}

/** A fact that moved to another patient changed for both. */
function citizensOf(
  version: ResourceState,
  earlier: ResourceState | undefined,
  citizens: ReadonlyMap<number, string | null>,
): Set<string> {
  const keys = [version.patientKey, earlier?.patientKey].map((key) => citizens.get(key ?? -1));
  return new Set(
    keys.flatMap((bsnKey) => (typeof bsnKey === 'string' ? [`${version.tenant}/${bsnKey}`] : [])),
  );
}

function inParts(facts: readonly ChangedFact[]): ChangedFact[][] {
  const parts = Math.ceil(facts.length / FACTS_PER_EVENT);
  return Array.from({ length: parts }, (_, part) =>
    facts.slice(part * FACTS_PER_EVENT, (part + 1) * FACTS_PER_EVENT),
  );
}
