import type { NewEvent } from '@samenhang/data-model';
import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { availabilityChanges, countFacts, type Citizen } from '../availability/availability-changes.js';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { regroup, type PatientNode } from '../patients/merge-groups.js';
import { labelsOf, type PatientLabels } from '../patients/patient-labels.js';
import {
  keepCitizenNumbers,
  loadPatientGroups,
  replaceIdentifiers,
  savePatients,
} from '../patients/patient-table.js';
import {
  keyOf,
  planWrites,
  type PlannedVersion,
  type ResourceState,
  type WritePlan,
} from '../resources/plan-writes.js';
import { loadStates, writePlan } from '../resources/resource-table.js';
import { enterTenantsToWrite } from '../storage/tenant-fence.js';
import { readChunk, type Chunk } from './chunk.js';
import type { NormalisedEvent } from './check-message.js';

export interface RecordKeeping {
  readonly keyring: PatientKeyring;
  readonly vault: CitizenNumberVault;
  readonly outbox: EventOutbox;
}

export interface AppliedChunk {
  readonly versions: number;
  readonly rejected: number;
  readonly selfMerges: readonly string[];
}

/**
 * Applies a chunk of normalised messages in the transaction given: a fixed number of statements, however many messages.
 * What it makes of the record depends on the set of messages applied so far, not on their order or repetition.
 */
export async function applyChunk(
  transaction: Transaction,
  events: readonly NormalisedEvent[],
  keeping: RecordKeeping,
): Promise<AppliedChunk> {
  const chunk = readChunk(events);
  const published: NewEvent[] = [...chunk.rejections];
  let versions = 0;
  if (chunk.tenants.length > 0) {
    await enterTenantsToWrite(transaction, chunk.tenants);
    const nodes = await loadPatientGroups(transaction, chunk.patients);
    const { plan, stored } = await writeResources(transaction, chunk, nodes);
    const changedPatients = newVersions(plan, stored).filter(({ type }) => type === 'Patient');
    versions = newVersions(plan, stored).length;
    const regrouped = await identify(transaction, nodes, chunk, changedPatients, keeping);
    const crossed = await countFacts(transaction, plan.factChanges);
    const citizens = affectedCitizens(nodes, regrouped, crossed);
    published.push(...(await availabilityChanges(transaction, citizens, keeping.vault)));
  }
  await keeping.outbox.publish(transaction, published);
  return { versions, rejected: chunk.rejections.length, selfMerges: chunk.selfMerges };
}

async function writeResources(
  transaction: Transaction,
  chunk: Chunk,
  nodes: readonly PatientNode[],
): Promise<{ plan: WritePlan; stored: ResourceState[] }> {
  const keys = new Map(nodes.map((node) => [`${node.tenant}/${node.patientId}`, node.key]));
  const changes = chunk.changes.map(({ patientId, ...change }) => ({
    ...change,
    patientKey: patientId === null ? null : (keys.get(`${change.tenant}/${patientId}`) ?? null),
  }));
  const stored = changes.length === 0 ? [] : await loadStates(transaction, changes);
  const plan = planWrites(stored, changes);
  await writePlan(transaction, plan, new Date());
  return { plan, stored };
}

function newVersions(plan: WritePlan, stored: readonly ResourceState[]): PlannedVersion[] {
  const versions = new Map(stored.map((state) => [keyOf(state), state.version]));
  return plan.current.filter((state) => versions.get(keyOf(state)) !== state.version);
}

/** Learns from changed Patient resources and merges who is who. @returns the Patients of which that changed */
async function identify(
  transaction: Transaction,
  nodes: readonly PatientNode[],
  chunk: Chunk,
  changedPatients: readonly PlannedVersion[],
  { keyring, vault }: RecordKeeping,
): Promise<PatientNode[]> {
  const labels = changedPatients.flatMap(({ tenant, patientKey, change }) =>
    patientKey === null
      ? []
      : [{ tenant, patientKey, labels: readLabels(change.content?.resource, tenant, keyring) }],
  );
  const bsnKeys = new Map(labels.map(({ patientKey, labels: { bsn } }) => [patientKey, bsn?.key ?? null]));
  const regrouped = regroup(nodes, chunk.merges, bsnKeys);
  await savePatients(transaction, regrouped);
  await replaceIdentifiers(
    transaction,
    labels.map(({ tenant, patientKey, labels: { identifierKeys } }) => ({
      tenant,
      patientKey,
      identifierKeys,
    })),
  );
  const numbers = labels.flatMap(({ tenant, labels: { bsn } }) =>
    bsn === null ? [] : [{ tenant, bsnKey: bsn.key, sealed: vault.seal(tenant, bsn.key, bsn.value) }],
  );
  await keepCitizenNumbers(transaction, numbers);
  return regrouped;
}

type PatientResource = Parameters<typeof labelsOf>[0];

/** A deleted Patient has no identifiers any more. */
function readLabels(
  patient: PatientResource | undefined,
  tenant: string,
  keyring: PatientKeyring,
): PatientLabels {
  return patient === undefined ? { identifierKeys: [], bsn: null } : labelsOf(patient, tenant, keyring);
}

/** Citizens of whom something may have become available or not: those with other facts, and both sides of a change of identity. */
function affectedCitizens(
  nodes: readonly PatientNode[],
  regrouped: readonly PatientNode[],
  crossed: readonly Citizen[],
): Citizen[] {
  const changed = new Set(regrouped.map(({ key }) => key));
  const sides = [...nodes.filter(({ key }) => changed.has(key)), ...regrouped];
  const citizens = sides.flatMap(({ tenant, bsnKey }) => (bsnKey === null ? [] : [{ tenant, bsnKey }]));
  return [...new Map([...citizens, ...crossed].map((one) => [`${one.tenant}/${one.bsnKey}`, one])).values()];
}
