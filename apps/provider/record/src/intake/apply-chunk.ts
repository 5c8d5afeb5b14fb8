import type { NewEvent } from '@samenhang/data-model';
import type { EventOutbox, Transaction } from '@samenhang/event-log';
import type { ChangeHandles, PatientKeyring } from '@samenhang/patient-identity';
import { availabilityChanges, countFacts, type Citizen } from '../availability/availability-changes.js';
import type { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { regroup, type PatientNode } from '../patients/merge-groups.js';
import { weighIdentities } from '../patients/weigh-identities.js';
import { demographicsOf, type Demographics } from '../patients/demographics.js';
import { labelsOf, type PatientLabels } from '../patients/patient-labels.js';
import {
  keepCitizenNumbers,
  loadPatientGroups,
  replaceIdentifiers,
  saveDemographics,
  savePatients,
} from '../patients/patient-table.js';
import {
  keyOf,
  planWrites,
  type PlannedVersion,
  type ResourceChange,
  type ResourceState,
  type WritePlan,
} from '../resources/plan-writes.js';
import { loadStates, writePlan } from '../resources/resource-table.js';
import { enterTenantsToWrite } from '../storage/tenant-fence.js';
import {
  rejectionOf,
  readMessages,
  toChunk,
  type Chunk,
  type NamedChange,
  type ReadMessage,
} from './chunk.js';
import type { NormalisedEvent } from './check-message.js';
import { foreignMessages, ofAnotherSource } from './ownership.js';
import { patientChanges } from './patient-changes.js';
import { retractionsOf } from './retractions.js';
import { withTraces } from './traces.js';

export interface RecordKeeping {
  readonly keyring: PatientKeyring;
  readonly vault: CitizenNumberVault;
  readonly handles: ChangeHandles;
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
  const { messages, rejections } = readMessages(events);
  const published: NewEvent[] = [...rejections];
  let versions = 0;
  if (messages.length > 0) {
    await enterTenantsToWrite(transaction, [...new Set(messages.map(({ tenant }) => tenant))]);
    const { accepted, held } = await weigh(transaction, messages, keeping);
    published.push(...held);
    const chunk = toChunk(accepted);
    const nodes = await loadPatientGroups(transaction, chunk.patients);
    const { plan, stored, foreign } = await writeResources(transaction, accepted, nodes);
    published.push(...foreign.map(({ event }) => rejectionOf(event, [ofAnotherSource])));
    const written = newVersions(plan, stored);
    const changedPatients = written.filter(({ type }) => type === 'Patient');
    versions = written.length;
    const regrouped = await identify(transaction, nodes, chunk, changedPatients, keeping);
    const crossed = await countFacts(transaction, plan.factChanges);
    const citizens = affectedCitizens(nodes, regrouped, crossed);
    const changes = await availabilityChanges(transaction, citizens, keeping.vault);
    published.push(...withTraces(changes, accepted, nodes, regrouped));
    // Of a patient that is in both the later says by whom it is known now.
    const patients = [...nodes, ...regrouped];
    published.push(...(await patientChanges(transaction, written, { stored, patients }, keeping)));
  }
  await keeping.outbox.publish(transaction, published);
  const selfMerges = messages.flatMap(({ hasSelfMerge, event }) =>
    hasSelfMerge ? [event.payload.messageId] : [],
  );
  return {
    versions,
    rejected: published.filter(({ type }) => type === 'record.rejected').length,
    selfMerges,
  };
}

/** Sets apart the messages whose identities a person has to judge. */
async function weigh(
  transaction: Transaction,
  messages: readonly ReadMessage[],
  { keyring }: RecordKeeping,
): Promise<{ accepted: ReadMessage[]; held: NewEvent[] }> {
  const verdicts = await weighIdentities(transaction, messages, keyring);
  const held = messages.flatMap(({ event }, index) => {
    const issue = verdicts[index];
    return issue === undefined ? [] : [rejectionOf(event, [issue])];
  });
  return { accepted: messages.filter((_, index) => verdicts[index] === undefined), held };
}

async function writeResources(
  transaction: Transaction,
  messages: readonly ReadMessage[],
  nodes: readonly PatientNode[],
): Promise<{ plan: WritePlan; stored: ResourceState[]; foreign: ReadMessage[] }> {
  const keys = new Map(nodes.map((node) => [`${node.tenant}/${node.patientId}`, node.key]));
  const statedBy = (message: ReadMessage) => message.changes.map((change) => withPatientKey(change, keys));
  const retractions = await retractionsOf(transaction, messages, keys);
  const all = [...messages.flatMap(statedBy), ...retractions];
  const stored = all.length === 0 ? [] : await loadStates(transaction, all);
  const foreign = foreignMessages(messages, stored);
  const own =
    foreign.size === 0
      ? all
      : [...messages.filter((message) => !foreign.has(message)).flatMap(statedBy), ...retractions];
  const plan = planWrites(stored, own);
  await writePlan(transaction, plan, new Date());
  return { plan, stored, foreign: [...foreign] };
}

export function withPatientKey(
  { patientId, ...change }: NamedChange,
  keys: ReadonlyMap<string, number>,
): ResourceChange {
  const patientKey = patientId === null ? null : (keys.get(`${change.tenant}/${patientId}`) ?? null);
  return { ...change, patientKey };
}

const unknownPerson: Demographics = { birthKey: null, nameKeys: [] };

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
      : [
          {
            tenant,
            patientKey,
            patient: change.content?.resource,
            labels: readLabels(change.content?.resource, tenant, keyring),
          },
        ],
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
  await saveDemographics(
    transaction,
    labels.map(({ tenant, patientKey, patient }) => ({
      patientKey,
      demographics: patient === undefined ? unknownPerson : demographicsOf(patient, tenant, keyring),
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
