import type { FhirResource } from '@samenhang/data-model';
import type { SerialisedResource } from './resource-body.js';
import { compareStamps, type SourceStamp } from './source-order.js';

export interface ResourceKey {
  readonly tenant: string;
  readonly type: string;
  readonly id: string;
}

/** What is known of a stored resource without its body. */
export interface ResourceState extends ResourceKey {
  readonly version: number;
  readonly stamp: SourceStamp;
  /** Database key of the Patient the source spoke of; null for what concerns no patient. */
  readonly patientKey: number | null;
  readonly category: string | null;
  readonly deleted: boolean;
  /** A message only mentioned it: any full description takes its place. */
  readonly mentioned: boolean;
  /** Hexadecimal; null for a tombstone. */
  readonly contentHash: string | null;
}

/** A statement about one resource: its content, or that it is gone. */
export interface ResourceChange extends ResourceKey {
  readonly stamp: SourceStamp;
  readonly patientKey: number | null;
  readonly category: string | null;
  readonly mentioned: boolean;
  readonly content: { readonly resource: FhirResource; readonly serialised: SerialisedResource } | null;
}

export interface PlannedVersion extends ResourceState {
  readonly change: ResourceChange;
}

export interface WritePlan {
  /** Becomes the current state of its resource. With the version that is stored already: only its stamp moves on. */
  readonly current: readonly PlannedVersion[];
  /** Versions that were superseded within the same chunk. */
  readonly superseded: readonly PlannedVersion[];
  readonly factChanges: readonly FactChange[];
}

export interface FactChange {
  readonly tenant: string;
  readonly patientKey: number;
  readonly category: string;
  readonly difference: number;
}

/**
 * Decides what a chunk of statements makes of the stored resources. Only statements that supersede what is known count,
 * and only those that say something new make a version, so the outcome depends on the set of statements and not on the
 * order or number of their arrivals.
 */
export function planWrites(stored: readonly ResourceState[], changes: readonly ResourceChange[]): WritePlan {
  const known = new Map(stored.map((state) => [keyOf(state), state]));
  const current: PlannedVersion[] = [];
  const superseded: PlannedVersion[] = [];
  const facts = new FactDifferences();
  for (const [key, statements] of groupByKey(changes)) {
    const before = known.get(key);
    const versions = versionsOf(before, statements);
    const last = versions.pop();
    if (last === undefined) continue;
    current.push(last);
    superseded.push(...versions);
    facts.add(before, -1);
    facts.add(last, 1);
  }
  return { current, superseded, factChanges: facts.list() };
}

export function keyOf({ tenant, type, id }: ResourceKey): string {
  return `${tenant}/${type}/${id}`;
}

function groupByKey(changes: readonly ResourceChange[]): Map<string, ResourceChange[]> {
  const groups = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const key = keyOf(change);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [change]);
    else group.push(change);
  }
  return groups;
}

/** New versions in order; when only the stamp moves on, one entry with the version that was there. */
function versionsOf(
  before: ResourceState | undefined,
  statements: readonly ResourceChange[],
): PlannedVersion[] {
  const versions: PlannedVersion[] = [];
  let state: ResourceState | undefined = before;
  for (const change of inSourceOrder(statements)) {
    if (state !== undefined && !supersedes(change, state)) continue;
    const next = nextState(state, change);
    const last = versions.at(-1);
    // A mere move of the stamp is overtaken by whatever follows it.
    if (last !== undefined && (last.version === next.version || last.version === before?.version))
      versions.pop();
    versions.push(next);
    state = next;
  }
  return versions;
}

/**
 * The later statement holds, except that a mere mention never takes the place of a description, and gives way to one
 * whenever that was made. A tombstone is no description: what is mentioned after it exists again.
 */
function supersedes(change: ResourceChange, state: ResourceState): boolean {
  const isDescribed = !state.mentioned && !state.deleted;
  if (change.mentioned && isDescribed) return false;
  if (state.mentioned && !change.mentioned && change.content !== null) return true;
  return compareStamps(change.stamp, state.stamp) > 0;
}

/** Oldest first; of several statements in one message the last one holds. */
function inSourceOrder(statements: readonly ResourceChange[]): ResourceChange[] {
  if (statements.length === 1) return [...statements];
  const sorted = statements.toSorted((a, b) => compareStamps(a.stamp, b.stamp));
  return sorted.filter((change, index) => {
    const next = sorted[index + 1];
    return next === undefined || compareStamps(change.stamp, next.stamp) !== 0;
  });
}

function nextState(base: ResourceState | undefined, change: ResourceChange): PlannedVersion {
  const contentHash = change.content?.serialised.contentHash ?? null;
  const isSame =
    base?.contentHash === contentHash && (contentHash === null || base.patientKey === change.patientKey);
  const { tenant, type, id, stamp, patientKey, category } = change;
  return {
    tenant,
    type,
    id,
    stamp,
    patientKey,
    category: contentHash === null ? null : category,
    deleted: contentHash === null,
    mentioned: change.mentioned,
    contentHash,
    version: isSame ? base.version : (base?.version ?? 0) + 1,
    change,
  };
}

/** How the number of facts per patient and category changes. */
class FactDifferences {
  readonly #byKey = new Map<string, FactChange>();

  add(state: ResourceState | undefined, difference: number): void {
    if (state === undefined || state.category === null || state.patientKey === null || state.deleted) return;
    // Who a patient is, is no fact about the patient.
    if (state.type === 'Patient') return;
    const { tenant, patientKey, category } = state;
    const key = `${patientKey}/${category}`;
    const sum = (this.#byKey.get(key)?.difference ?? 0) + difference;
    this.#byKey.set(key, { tenant, patientKey, category, difference: sum });
  }

  list(): FactChange[] {
    return [...this.#byKey.values()].filter(({ difference }) => difference !== 0);
  }
}
