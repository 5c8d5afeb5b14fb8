import { renameProperty, takeExtension, treeOf, treesOf, type Tree } from '../json-tree.js';

/**
 * What was not done, or is not to be done. STU3 has a flag beside the status, R4 a status: a flag that is lost would turn the
 * statement into its opposite. Modifiers that STU3 does not have travel as extensions between versions (versions.html#extensions).
 */
const crossVersion = 'http://hl7.org/fhir/4.0/StructureDefinition/extension-';

/** Modifiers of R4 without a place in STU3. */
const modifiers: Readonly<Record<string, string>> = {
  Immunization: 'isSubpotent',
  MedicationRequest: 'doNotPerform',
};

interface Flag {
  readonly element: string;
  readonly status: string;
  /** What the status is in STU3, where something has to be said. */
  readonly earlier?: string;
  readonly reason: readonly [earlier: string, later: string];
}

const flags: Readonly<Record<string, Flag>> = {
  MedicationAdministration: {
    element: 'notGiven',
    status: 'not-done',
    earlier: 'completed',
    reason: ['reasonNotGiven', 'statusReason'],
  },
  MedicationDispense: {
    element: 'notDone',
    status: 'declined',
    reason: ['notDoneReasonCodeableConcept', 'statusReasonCodeableConcept'],
  },
};

export function bringDenialsForward(draft: Tree): void {
  const type = String(draft['resourceType']);
  const flag = flags[type];
  if (flag !== undefined) {
    if (isDenied(draft, flag.element)) draft['status'] = flag.status;
    delete draft[flag.element];
    renameProperty(draft, ...flag.reason);
  }
  if (type === 'Procedure' && draft['notDoneReason'] !== undefined)
    renameProperty(draft, 'notDoneReason', 'statusReason');
  for (const activity of treesOf(draft['activity'])) {
    const detail = treeOf(activity['detail']);
    if (detail !== undefined) renameProperty(detail, 'prohibited', 'doNotPerform');
  }
  const modifier = modifiers[type];
  if (modifier === undefined) return;
  const stated = takeExtension(draft, `${crossVersion}${type}.${modifier}`, 'modifierExtension');
  if (stated?.['valueBoolean'] !== undefined) draft[modifier] = stated['valueBoolean'];
}

/** What was entered in error says nothing, also not that something was not done. */
export function isDenied(draft: Tree, flag: string): boolean {
  return draft[flag] === true && draft['status'] !== 'entered-in-error';
}

export function takeDenialsBack(draft: Tree): void {
  const type = String(draft['resourceType']);
  const flag = flags[type];
  if (flag !== undefined) {
    const denies = draft['status'] === flag.status;
    if (denies) draft[flag.element] = true;
    if (denies && flag.earlier === undefined) delete draft['status'];
    else if (denies) draft['status'] = flag.earlier;
    const [earlier, later] = flag.reason;
    if (denies) renameProperty(draft, later, earlier);
    else delete draft[later];
  }
  if (type === 'Procedure' && draft['notDone'] === true)
    renameProperty(draft, 'statusReason', 'notDoneReason');
  for (const activity of treesOf(draft['activity'])) {
    const detail = treeOf(activity['detail']);
    if (detail !== undefined) renameProperty(detail, 'doNotPerform', 'prohibited');
  }
  const modifier = modifiers[type];
  if (modifier === undefined || draft[modifier] === undefined) return;
  if (draft[modifier] === true) {
    const extension = { url: `${crossVersion}${type}.${modifier}`, valueBoolean: true };
    draft['modifierExtension'] = [...treesOf(draft['modifierExtension']), extension];
  }
  delete draft[modifier];
}
