/** A Patient that a source spoke of. Several of them can be one person. */
export interface PatientNode {
  /** Database key. */
  readonly key: number;
  readonly tenant: string;
  /** Id of its Patient resource. */
  readonly patientId: string;
  /** Key of the Patient that survives the merges of its group; itself when there are none. */
  readonly root: number;
  /** Keyed hash of the BSN in its own Patient resource. */
  readonly ownBsnKey: string | null;
  /** Keyed hash of the BSN that holds for the whole group. */
  readonly bsnKey: string | null;
  /**
   * Id of the Patient that a source says lives on in its place, and where in the source's order it said so. A position
   * without a Patient: there the source said that it stands on its own again.
   */
  readonly replacedBy: string | null;
  readonly replacedAtPosition: number | null;
}

export interface MergeStatement {
  readonly tenant: string;
  readonly replaced: string;
  /** Null undoes: the Patient stands on its own again, whatever it was merged into before. */
  readonly survivor: string | null;
  readonly position: number;
}

/**
 * Applies statements about merges and about BSNs to whole merge groups, and decides anew who survives and which BSN
 * holds. The result depends on the statements only, never on the order in which they came.
 * @param nodes all Patients of every group that is touched
 * @param bsnKeys the BSN of Patients whose resource changed, by key; null when it has none
 * @returns the nodes of which anything changed
 */
export function regroup(
  nodes: readonly PatientNode[],
  merges: readonly MergeStatement[],
  bsnKeys: ReadonlyMap<number, string | null>,
): PatientNode[] {
  const labelled = nodes.map((node) => ({
    ...node,
    ownBsnKey: bsnKeys.has(node.key) ? (bsnKeys.get(node.key) ?? null) : node.ownBsnKey,
  }));
  const byId = new Map(
    labelled.map((node): [string, PatientNode] => [idOf(node.tenant, node.patientId), node]),
  );
  for (const merge of merges) {
    const node = byId.get(idOf(merge.tenant, merge.replaced));
    if (node === undefined || merge.replaced === merge.survivor || !supersedes(merge, node)) continue;
    byId.set(idOf(merge.tenant, merge.replaced), {
      ...node,
      replacedBy: merge.survivor,
      replacedAtPosition: merge.position,
    });
  }
  const survivors = survivorsOf([...byId.values()]);
  const rooted = [...byId.values()].map((node) => ({ ...node, root: rootOf(node, survivors).key }));
  const groups = Map.groupBy(rooted, (node) => node.root);
  const result = rooted.map((node) => ({
    ...node,
    bsnKey: groupBsnKey(groups.get(node.root) ?? [], node.root),
  }));
  const before = new Map(nodes.map((node) => [node.key, node]));
  return result.filter((node) => !isSame(node, before.get(node.key)));
}

/** The latest statement about a Patient holds; of those at one position an undoing, else the survivor that sorts last. */
function supersedes(merge: MergeStatement, node: PatientNode): boolean {
  if (node.replacedAtPosition === null) return true;
  const difference = merge.position - node.replacedAtPosition;
  if (difference !== 0 || node.replacedBy === null) return difference > 0;
  return merge.survivor === null || merge.survivor > node.replacedBy;
}

/**
 * Whom each replaced Patient lives on as. The latest statements come first; one that would close a circle is left out:
 * A into B and later B into A means that A survives.
 */
function survivorsOf(nodes: readonly PatientNode[]): Map<PatientNode, PatientNode> {
  const byId = new Map(nodes.map((node) => [idOf(node.tenant, node.patientId), node]));
  const replaced = nodes
    .filter((node) => node.replacedBy !== null)
    .sort(
      (a, b) =>
        (b.replacedAtPosition ?? 0) - (a.replacedAtPosition ?? 0) || (a.patientId < b.patientId ? 1 : -1),
    );
  const survivors = new Map<PatientNode, PatientNode>();
  for (const node of replaced) {
    const survivor = byId.get(idOf(node.tenant, node.replacedBy ?? ''));
    if (survivor !== undefined && rootOf(survivor, survivors) !== node) survivors.set(node, survivor);
  }
  return survivors;
}

function rootOf(node: PatientNode, survivors: ReadonlyMap<PatientNode, PatientNode>): PatientNode {
  let root = node;
  for (let next = survivors.get(root); next !== undefined; next = survivors.get(root)) root = next;
  return root;
}

/**
 * The survivor's BSN holds for all. If it has none, that of the others, provided they agree: between two different
 * citizens nothing is guessed.
 */
function groupBsnKey(group: readonly PatientNode[], root: number): string | null {
  const own = group.find((node) => node.key === root)?.ownBsnKey ?? null;
  if (own !== null) return own;
  const others = new Set(group.flatMap((node) => (node.ownBsnKey === null ? [] : [node.ownBsnKey])));
  const [only] = others;
  return others.size === 1 && only !== undefined ? only : null;
}

function isSame(node: PatientNode, before: PatientNode | undefined): boolean {
  return (
    before !== undefined &&
    node.root === before.root &&
    node.bsnKey === before.bsnKey &&
    node.ownBsnKey === before.ownBsnKey &&
    node.replacedBy === before.replacedBy &&
    node.replacedAtPosition === before.replacedAtPosition
  );
}

const idOf = (tenant: string, patientId: string): string => `${tenant}/${patientId}`;
