import type { Draft } from '../fhir-types.js';
import { copyTree, isTree, renameProperty, treeOf, treesOf, type Tree } from '../json-tree.js';
import { bringElementsForward } from './later-elements.js';
import { bringDenialsForward } from './denials.js';
import { bringTypeForward } from './later-types.js';
import { bringStatusForward } from './statuses.js';
import type { Stu3Names } from './stu3-names.js';

export interface BroughtForward {
  readonly resources: readonly Draft[];
  /** Elements that R4 has no place for. */
  readonly gone: readonly string[];
}

/**
 * A resource of FHIR STU3 as R4 has it. Names follow the table; what is a matter of structure has a function of its type.
 * The source's object is not touched. Whether the outcome is valid R4 is judged later, as of any source.
 */
export function bringForward(resource: Draft, names: Stu3Names): BroughtForward {
  const draft = bringElementsForward(copyTree(resource), names) as Draft;
  if (draft.resourceType === 'ProcedureRequest') draft.resourceType = 'ServiceRequest';
  const rules = names.rulesOf(draft.resourceType);
  const contained = treesOf(draft.contained).map((inner) => bringForward(inner as Draft, names));
  if (contained.length > 0) draft.contained = contained.flatMap(({ resources }) => resources);
  for (const [from, to] of Object.entries(rules.rename ?? {})) renameProperty(draft, from, to);
  for (const element of rules.toList ?? []) {
    if (isTree(draft[element])) draft[element] = [draft[element]];
  }
  for (const [element, system] of Object.entries(rules.toConcept ?? {})) toConcept(draft, element, system);
  bringDenialsForward(draft);
  bringStatusForward(draft);
  const companions = bringTypeForward(draft, names);
  for (const [element, value] of Object.entries(rules.defaults ?? {})) draft[element] ??= value;
  bringContextForward(draft);
  const gone = (rules.gone ?? []).filter((element) => draft[element] !== undefined);
  for (const element of gone) delete draft[element];
  return {
    resources: [draft, ...(companions as Draft[])],
    gone: [...gone, ...contained.flatMap((inner) => inner.gone)],
  };
}

/** A code with its zib counterpart in an extension becomes a concept with both codings. */
function toConcept(draft: Tree, element: string, system: string): void {
  const code = draft[element];
  if (typeof code !== 'string') return;
  const beside = treesOf(treeOf(draft[`_${element}`])?.['extension']);
  const codings = beside.flatMap((extension) =>
    treesOf(treeOf(extension['valueCodeableConcept'])?.['coding']),
  );
  delete draft[`_${element}`];
  if (code === 'unknown') delete draft[element];
  else
    draft[element] = { coding: [{ system, code }, ...codings.filter(({ code: other }) => other !== code)] };
}

/** `context` was an encounter or an episode; R4's `encounter` is an encounter. */
function bringContextForward(draft: Tree): void {
  const encounter = treeOf(draft['encounter']);
  const target = encounter?.['reference'];
  if (typeof target !== 'string' || !/(^|\/)EpisodeOfCare\//.test(target)) return;
  delete draft['encounter'];
  const url = 'http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare';
  draft['extension'] = [...treesOf(draft['extension']), { url, valueReference: encounter }];
}
