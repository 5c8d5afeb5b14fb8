import type { DataCategory, Ura } from '@samenhang/data-model';
import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { Bsn, PatientKeyring } from '@samenhang/patient-identity';
import { availabilityChanges, countFacts } from '../availability/availability-changes.js';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { regroup } from '../patients/merge-groups.js';
import { bsnKey } from '../patients/patient-labels.js';
import { keepCitizenNumbers, loadPatientGroups, savePatients } from '../patients/patient-table.js';
import type { FactChange } from '../resources/plan-writes.js';
import { enterTenantsToWrite } from '../storage/tenant-fence.js';
import type { LiveFacts } from './map-answers.js';

export interface RegistrationKeeping {
  readonly keyring: PatientKeyring;
  readonly vault: CitizenNumberVault;
  readonly outbox: EventOutbox;
}

interface Held {
  readonly patientKey: number;
  readonly category: string;
  readonly facts: number;
}

/**
 * Makes known what a source has of a person, as categories and nothing else: `availability.changed` follows from it as it does
 * from stored facts, and registration from that. What the source has no longer is withdrawn.
 */
export async function registerFacts(
  transaction: Transaction,
  { tenant, bsn }: { readonly tenant: Ura; readonly bsn: Bsn },
  found: Pick<LiveFacts, 'facts' | 'patientIds'>,
  { keyring, vault, outbox }: RegistrationKeeping,
): Promise<DataCategory[]> {
  await enterTenantsToWrite(transaction, [tenant]);
  const key = bsnKey(tenant, bsn, keyring);
  const names = found.patientIds.map((patientId) => ({ tenant, patientId }));
  const nodes = await loadPatientGroups(transaction, names);
  const named = nodes.filter(({ patientId }) => found.patientIds.includes(patientId));
  await savePatients(transaction, regroup(nodes, [], new Map(named.map((node) => [node.key, key]))));
  await keepCitizenNumbers(transaction, [{ tenant, bsnKey: key, sealed: vault.seal(tenant, key, bsn) }]);
  const head = named.find(({ patientId }) => patientId === found.patientIds[0]);
  const facts = factsByCategory(found);
  const wanted =
    head === undefined
      ? []
      : [...facts].map(([category, count]) => ({ patientKey: head.key, category, facts: count }));
  const changes = differences(tenant, await heldOf(transaction, tenant, key), wanted);
  await countFacts(transaction, changes);
  await outbox.publish(transaction, await availabilityChanges(transaction, [{ tenant, bsnKey: key }], vault));
  return [...facts.keys()].sort();
}

function factsByCategory({ facts }: Pick<LiveFacts, 'facts'>): Map<DataCategory, number> {
  const counts = new Map<DataCategory, number>();
  for (const { category, isOfPatient } of facts) {
    // Who a patient is, is no fact about the patient.
    if (category === undefined || !isOfPatient || category === 'Patient') continue;
    counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return counts;
}

async function heldOf(transaction: Transaction, tenant: Ura, key: string): Promise<Held[]> {
  const rows = await transaction.query<{ patient_key: number; category: string; facts: number }>(
    `SELECT c.patient_key, c.category, c.facts FROM fact_count c JOIN patient p ON p.id = c.patient_key
     WHERE p.tenant = $1 AND p.bsn_key = $2 AND c.facts > 0`,
    [tenant, key],
  );
  return rows.map(({ patient_key: patientKey, category, facts }) => ({ patientKey, category, facts }));
}

function differences(tenant: Ura, held: readonly Held[], wanted: readonly Held[]): FactChange[] {
  const sums = new Map<string, Held>();
  const add = ({ patientKey, category, facts }: Held, sign: 1 | -1): void => {
    const name = `${String(patientKey)}/${category}`;
    sums.set(name, { patientKey, category, facts: (sums.get(name)?.facts ?? 0) + sign * facts });
  };
  for (const one of held) add(one, -1);
  for (const one of wanted) add(one, 1);
  return [...sums.values()].flatMap(({ patientKey, category, facts }) =>
    facts === 0 ? [] : [{ tenant, patientKey, category, difference: facts }],
  );
}
