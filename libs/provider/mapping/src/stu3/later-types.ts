import { isDenied } from './denials.js';
import { bringConsentForward } from './later-consent.js';
import { bringObservationForward } from './later-observation.js';
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
import type { Stu3Names } from './stu3-names.js';
import { codeSystems, nictiz } from '../fhir-systems.js';

type Forward = (draft: Tree, names: Stu3Names) => readonly Tree[];

const nothing: readonly Tree[] = [];

/** What changed in the structure of each type. @returns resources that the type had inside and R4 has apart */
export function bringTypeForward(draft: Tree, names: Stu3Names): readonly Tree[] {
  bringProfileForward(draft);
  return byType[String(draft['resourceType'])]?.(draft, names) ?? nothing;
}

const byType: Readonly<Record<string, Forward>> = {
  Consent: (draft, names) => (bringConsentForward(draft, names), nothing),
  Observation: bringObservationForward,
  Condition: (draft) => {
    if (draft['abatementBoolean'] === true) draft['abatementString'] = 'ja';
    delete draft['abatementBoolean'];
    return nothing;
  },
  Procedure: (draft) => {
    if (isDenied(draft, 'notDone')) draft['status'] = 'not-done';
    delete draft['notDone'];
    renameInEach(draft['performer'], 'role', 'function');
    if (draft['status'] === 'suspended') draft['status'] = 'on-hold';
    if (draft['status'] === 'aborted') draft['status'] = 'stopped';
    return nothing;
  },
  Encounter: (draft) => {
    renameInEach(draft['diagnosis'], 'role', 'use');
    return nothing;
  },
  MedicationStatement: (draft) => {
    if (draft['status'] !== 'entered-in-error') {
      if (draft['taken'] === 'n') draft['status'] = 'not-taken';
      if (draft['taken'] === 'unk' && draft['status'] === 'active') draft['status'] = 'unknown';
    }
    delete draft['taken'];
    return nothing;
  },
  MedicationRequest: (draft) => {
    unfoldRequester(draft);
    const substitution = treeOf(draft['substitution']);
    if (substitution !== undefined) renameProperty(substitution, 'allowed', 'allowedBoolean');
    bringAdditionalInformation(
      draft,
      'ext-MedicationAgreement.MedicationAgreementAdditionalInformation',
      true,
    );
    return nothing;
  },
  MedicationDispense: (draft) => {
    for (const performer of treesOf(draft['performer'])) delete performer['onBehalfOf'];
    bringAdditionalInformation(draft, 'ext-AdministrationAgreement.AdditionalInformation', false);
    return nothing;
  },
  Medication: (draft) => {
    renameInEach(draft['ingredient'], 'amount', 'strength');
    return nothing;
  },
  Immunization: bringImmunizationForward,
  ImmunizationRecommendation: bringRecommendationForward,
  ServiceRequest: (draft) => {
    unfoldRequester(draft);
    return nothing;
  },
  DeviceRequest: (draft) => {
    unfoldRequester(draft);
    const [intent] = codingsOf(draft['intent']);
    if (intent !== undefined) draft['intent'] = intent['code'];
    return nothing;
  },
  DeviceUseStatement: (draft) => {
    for (const reason of treesOf(draft['reasonCode'])) {
      const problem = takeExtension(reason, `${nictiz}/zib-MedicalDevice-Problem`)?.['valueReference'];
      if (problem !== undefined) draft['reasonReference'] = [...treesOf(draft['reasonReference']), problem];
    }
    const reasons = treesOf(draft['reasonCode']).filter((reason) => Object.keys(reason).length > 0);
    if (reasons.length === 0) delete draft['reasonCode'];
    else draft['reasonCode'] = reasons;
    return nothing;
  },
  Device: (draft) => {
    const udi = treeOf(draft['udi']);
    delete draft['udi'];
    if (udi === undefined) return nothing;
    if (typeof udi['name'] === 'string')
      draft['deviceName'] = [{ name: udi['name'], type: 'udi-label-name' }];
    delete udi['name'];
    draft['udiCarrier'] = [udi];
    return nothing;
  },
  DiagnosticReport: (draft) => {
    const performers = treesOf(draft['performer']).map((performer) => performer['actor'] ?? performer);
    if (performers.length > 0) draft['performer'] = performers;
    renameProperty(draft, 'image', 'media');
    return nothing;
  },
  CarePlan: (draft) => {
    for (const activity of treesOf(draft['activity'])) delete treeOf(activity['detail'])?.['category'];
    return nothing;
  },
  CareTeam: (draft) => {
    for (const participant of treesOf(draft['participant'])) {
      if (isTree(participant['role'])) participant['role'] = [participant['role']];
    }
    return nothing;
  },
  Coverage: (draft) => {
    for (const payor of treesOf(draft['payor'])) {
      const bank = takeExtension(payor, `${nictiz}/ext-Payer.BankInformation`);
      if (bank !== undefined) draft['extension'] = [...treesOf(draft['extension']), bank];
    }
    return nothing;
  },
  RelatedPerson: (draft) => {
    const url = 'http://fhir.nl/fhir/StructureDefinition/nl-core-relatedperson-role';
    const role = treeOf(takeExtension(draft, url)?.['valueCodeableConcept']);
    if (role === undefined) return nothing;
    for (const coding of codingsOf(role)) coding['code'] = textOf(coding['code'])?.padStart(2, '0');
    draft['relationship'] = [role, ...treesOf(draft['relationship'])];
    return nothing;
  },
  Patient: (draft) => {
    if (draft['name'] !== undefined) draft['name'] = bringNamesForward(draft['name']);
    return nothing;
  },
  NutritionOrder: (draft) => {
    const text = takeExtension(draft, `${nictiz}/ext-Comment`)?.['valueString'];
    if (text !== undefined) draft['note'] = [...treesOf(draft['note']), { text }];
    return nothing;
  },
  Goal: (draft) => {
    draft['lifecycleStatus'] ??= goalStatus[textOf(draft['status']) ?? ''] ?? 'active';
    delete draft['status'];
    if (isTree(draft['target'])) draft['target'] = [draft['target']];
    return nothing;
  },
  DocumentReference: (draft) => {
    const context = treeOf(draft['context']);
    if (context !== undefined && isTree(context['encounter'])) context['encounter'] = [context['encounter']];
    return nothing;
  },
};

const goalStatus: Readonly<Record<string, string>> = {
  proposed: 'proposed',
  accepted: 'accepted',
  planned: 'planned',
  'in-progress': 'active',
  'on-target': 'active',
  'ahead-of-target': 'active',
  'behind-target': 'active',
  sustaining: 'active',
  achieved: 'completed',
  'on-hold': 'on-hold',
  cancelled: 'cancelled',
  'entered-in-error': 'entered-in-error',
  rejected: 'rejected',
};

/** Profiles by which the mapping knows a text result and a product; other claims of zib 2017 say nothing about R4. */
function bringProfileForward(draft: Tree): void {
  const meta = treeOf(draft['meta']);
  if (meta === undefined) return;
  const profiles = Array.isArray(meta['profile']) ? meta['profile'] : [];
  const claimed = (name: string): boolean => profiles.includes(`${nictiz}/${name}`);
  const profile = claimed('zib-TextResult')
    ? 'nl-core-TextResult'
    : claimed('zib-MedicalDeviceProduct')
      ? 'nl-core-MedicalDevice.Product'
      : undefined;
  delete meta['profile'];
  if (profile !== undefined) meta['profile'] = [`${nictiz}/${profile}`];
  if (Object.keys(meta).length === 0) delete draft['meta'];
}

/** zib 2017 has the name one is called by among the given names; zib 2020 has it as a name of its own. */
function bringNamesForward(value: unknown): unknown {
  const names = treesOf(value).flatMap((name) => {
    const given = Array.isArray(name['given']) ? name['given'] : [];
    const beside = Array.isArray(name['_given']) ? name['_given'] : [];
    const isCalled = beside.map((element) =>
      treesOf(treeOf(element)?.['extension']).some((extension) => extension['valueCode'] === 'CL'),
    );
    const called = given.filter((_unused, index) => isCalled[index] === true);
    if (name['use'] === undefined && typeof name['family'] === 'string') name['use'] = 'official';
    if (called.length === 0 || name['use'] !== 'official') return [name];
    for (const [element, list] of [
      ['given', given],
      ['_given', beside],
    ] as const) {
      const kept = list.filter((_unused, index) => isCalled[index] !== true);
      if (kept.length === 0) delete name[element];
      else name[element] = kept;
    }
    return [name, { use: 'usual', given: called }];
  });
  return names.length === 0 ? value : names;
}

function bringImmunizationForward(draft: Tree): readonly Tree[] {
  if (isDenied(draft, 'notGiven')) draft['status'] = 'not-done';
  delete draft['notGiven'];
  renameInEach(draft['performer'], 'role', 'function');
  const explanation = treeOf(draft['explanation']);
  if (explanation?.['reason'] !== undefined) draft['reasonCode'] = explanation['reason'];
  const [notGiven] = treesOf(explanation?.['reasonNotGiven']);
  if (notGiven !== undefined) draft['statusReason'] = notGiven;
  delete draft['explanation'];
  const protocols = treesOf(draft['vaccinationProtocol']).map((protocol) => ({
    ...(protocol['series'] === undefined ? {} : { series: protocol['series'] }),
    ...(protocol['authority'] === undefined ? {} : { authority: protocol['authority'] }),
    ...(protocol['targetDisease'] === undefined ? {} : { targetDisease: protocol['targetDisease'] }),
    ...(protocol['doseSequence'] === undefined
      ? { doseNumberString: 'onbekend' }
      : { doseNumberPositiveInt: protocol['doseSequence'] }),
  }));
  delete draft['vaccinationProtocol'];
  if (protocols.length > 0) draft['protocolApplied'] = protocols;
  if (draft['occurrenceDateTime'] === undefined) draft['occurrenceString'] = 'onbekend';
  return nothing;
}

function bringRecommendationForward(draft: Tree, names: Stu3Names): readonly Tree[] {
  for (const recommendation of treesOf(draft['recommendation'])) {
    draft['date'] ??= recommendation['date'];
    delete recommendation['date'];
    if (isTree(recommendation['vaccineCode']))
      recommendation['vaccineCode'] = [recommendation['vaccineCode']];
    renameProperty(recommendation, 'doseNumber', 'doseNumberPositiveInt');
    for (const criterion of treesOf(recommendation['dateCriterion'])) {
      for (const coding of codingsOf(criterion['code'])) {
        const loinc = names.dateCriterion(textOf(coding['code']) ?? '');
        if (loinc !== undefined)
          criterion['code'] = { coding: [{ system: codeSystems.loinc, code: loinc }, coding] };
      }
    }
  }
  return nothing;
}

/** Words without a code have no place in the coded extension of an agreement, and no code in that of the pharmacist. */
function bringAdditionalInformation(draft: Tree, name: string, isCoded: boolean): void {
  const extension = takeExtension(draft, `${nictiz}/zib-Medication-AdditionalInformation`);
  const concept = treeOf(extension?.['valueCodeableConcept']);
  if (concept === undefined) return;
  const [coding] = codingsOf(concept);
  const text = textOf(concept['text']) ?? textOf(coding?.['display']) ?? textOf(coding?.['code']);
  if (isCoded && coding?.['code'] !== undefined) {
    const value = { url: `${nictiz}/${name}`, valueCodeableConcept: concept };
    draft['extension'] = [...treesOf(draft['extension']), value];
  } else if (!isCoded) {
    draft['extension'] = [...treesOf(draft['extension']), { url: `${nictiz}/${name}`, valueString: text }];
  } else if (text !== undefined) draft['note'] = [...treesOf(draft['note']), { text }];
}

function unfoldRequester(draft: Tree): void {
  const agent = treeOf(draft['requester'])?.['agent'];
  if (agent !== undefined) draft['requester'] = agent;
}

function renameInEach(value: unknown, from: string, to: string): void {
  for (const item of treesOf(value)) renameProperty(item, from, to);
}
