import { codeSystems, nictiz } from '../fhir-systems.js';
import { takeConsentBack } from './earlier-consent.js';
import { takeObservationBack } from './earlier-observation.js';
import type { Stu3Names } from './stu3-names.js';
import {
  codingsOf,
  isTree,
  renameProperty,
  takeExtension,
  textOf,
  treeOf,
  treesOf,
  type Tree,
} from '../json-tree.js';

type Back = (draft: Tree, names: Stu3Names) => void;

/** The inverse of `bringTypeForward`, for what R4 has apart or otherwise. In place. */
export function takeTypeBack(draft: Tree, names: Stu3Names): void {
  byType[String(draft['resourceType'])]?.(draft, names);
}

const byType: Readonly<Record<string, Back>> = {
  Consent: takeConsentBack,
  Observation: takeObservationBack,
  Procedure: (draft) => {
    if (draft['status'] === 'not-done') {
      draft['status'] = 'completed';
      draft['notDone'] = true;
    }
    if (draft['status'] === 'on-hold') draft['status'] = 'suspended';
    if (draft['status'] === 'stopped') draft['status'] = 'aborted';
    renameInEach(draft['performer'], 'function', 'role');
    if (draft['notDone'] !== true) delete draft['statusReason'];
  },
  Encounter: (draft) => {
    renameInEach(draft['diagnosis'], 'use', 'role');
  },
  MedicationStatement: (draft) => {
    draft['taken'] = draft['status'] === 'not-taken' ? 'n' : draft['status'] === 'unknown' ? 'unk' : 'y';
    if (draft['status'] === 'not-taken') draft['status'] = 'stopped';
    if (draft['status'] === 'unknown') draft['status'] = 'active';
    draft['category'] = category('urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3', '6');
    if (draft['taken'] !== 'n') delete draft['reasonNotTaken'];
    moveStopType(draft);
  },
  MedicationRequest: (draft) => {
    draft['category'] = category(codeSystems.snomed, '16076005');
    foldRequester(draft);
    moveStopType(draft);
    const substitution = treeOf(draft['substitution']);
    if (substitution !== undefined) renameProperty(substitution, 'allowedBoolean', 'allowed');
    for (const element of [
      'reportedBoolean',
      'reportedReference',
      'performer',
      'courseOfTherapyType',
      'insurance',
    ])
      delete draft[element];
  },
  MedicationDispense: (draft) => {
    if (draft['status'] === 'cancelled') draft['status'] = 'declined';
    if (draft['status'] === 'unknown') delete draft['status'];
    moveStopType(draft);
  },
  Immunization: (draft) => {
    draft['notGiven'] = draft['status'] === 'not-done';
    if (draft['status'] === 'not-done') draft['status'] = 'completed';
    draft['primarySource'] ??= true;
    renameInEach(draft['practitioner'], 'function', 'role');
    if (draft['reasonCode'] !== undefined) draft['explanation'] = { reason: draft['reasonCode'] };
    for (const element of [
      'reasonCode',
      'occurrenceString',
      'recorded',
      'statusReason',
      'protocolApplied',
      'programEligibility',
      'fundingSource',
    ])
      delete draft[element];
  },
  ImmunizationRecommendation: (draft) => {
    for (const recommendation of treesOf(draft['recommendation'])) {
      recommendation['date'] ??= draft['date'];
      const [vaccine] = treesOf(recommendation['vaccineCode']);
      recommendation['vaccineCode'] = vaccine;
      renameProperty(recommendation, 'doseNumberPositiveInt', 'doseNumber');
    }
    delete draft['date'];
  },
  ProcedureRequest: foldRequester,
  DeviceUseStatement: (draft) => {
    const references = treesOf(draft['reasonReference']).map((valueReference) => ({
      extension: [{ url: `${nictiz}/zib-MedicalDevice-Problem`, valueReference }],
    }));
    delete draft['reasonReference'];
    if (references.length > 0) draft['indication'] = [...treesOf(draft['indication']), ...references];
    const moment = draft['timingDateTime'];
    if (moment !== undefined) draft['whenUsed'] = { start: moment };
    delete draft['timingDateTime'];
  },
  Device: (draft) => {
    const [carrier] = treesOf(draft['udiCarrier']);
    if (carrier !== undefined) draft['udi'] = carrier;
    for (const element of [
      'udiCarrier',
      'deviceName',
      'distinctIdentifier',
      'serialNumber',
      'parent',
      'statusReason',
      'partNumber',
    ])
      delete draft[element];
  },
  DiagnosticReport: (draft) => {
    const performers = treesOf(draft['performer']).map((actor) => ({ actor }));
    if (performers.length > 0) draft['performer'] = performers;
    renameProperty(draft, 'media', 'image');
    delete draft['resultsInterpreter'];
  },
  CareTeam: (draft) => {
    for (const participant of treesOf(draft['participant'])) {
      const [role] = treesOf(participant['role']);
      if (role !== undefined) participant['role'] = role;
    }
  },
  Coverage: (draft) => {
    const bank = takeExtension(draft, `${nictiz}/zib-Payer-BankInformation`);
    const [payor] = treesOf(draft['payor']);
    if (bank !== undefined && payor !== undefined) payor['extension'] = [bank];
    for (const element of ['class', 'costToBeneficiary', 'subrogation', 'policyHolder'])
      delete draft[element];
  },
  RelatedPerson: (draft) => {
    const [role] = treesOf(draft['relationship']).filter((one) =>
      codingsOf(one).some(({ system }) => system === codeSystems.contactRole),
    );
    const rest = treesOf(draft['relationship']).filter((one) => one !== role);
    delete draft['communication'];
    if (rest.length > 0) draft['relationship'] = rest;
    else delete draft['relationship'];
    if (role === undefined) return;
    for (const coding of codingsOf(role)) coding['code'] = textOf(coding['code'])?.replace(/^0/, '');
    const url = 'http://fhir.nl/fhir/StructureDefinition/nl-core-relatedperson-role';
    draft['extension'] = [...treesOf(draft['extension']), { url, valueCodeableConcept: role }];
  },
  NutritionOrder: (draft) => {
    delete draft['intent'];
    const [note] = treesOf(draft['note']);
    if (note !== undefined) {
      const extension = { url: `${nictiz}/Comment`, valueString: note['text'] };
      draft['extension'] = [...treesOf(draft['extension']), extension];
    }
    delete draft['note'];
  },
  Medication: (draft) => {
    renameInEach(draft['ingredient'], 'strength', 'amount');
    for (const element of ['identifier', 'amount', 'batch', 'status']) delete draft[element];
  },
};

function moveStopType(draft: Tree): void {
  for (const extension of treesOf(draft['modifierExtension'])) {
    if (extension['url'] === `${nictiz}/ext-StopType`) extension['url'] = `${nictiz}/zib-Medication-StopType`;
  }
}

function foldRequester(draft: Tree): void {
  if (isTree(draft['requester'])) draft['requester'] = { agent: draft['requester'] };
}

function category(system: string, code: string): object {
  return { coding: [{ system, code }] };
}

function renameInEach(value: unknown, from: string, to: string): void {
  for (const item of treesOf(value)) renameProperty(item, from, to);
}
