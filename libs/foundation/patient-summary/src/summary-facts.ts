import { identifierSystems, viewUrls, type FhirResource } from '@samenhang/data-model';
import { copyTree, hasCode, isExactDecimal, textOf, treeOf, treesOf, type Tree } from '@samenhang/fhir-r4';
import { codeSystems } from './code-systems.js';
import type { SectionName, SummaryTable } from './summary-table.js';

/** A resource in the shape of the IPS and the section it belongs to; undefined when the IPS has no place for it. */
export interface SummaryFact {
  readonly section: SectionName;
  readonly draft: Tree;
}

const absence = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';
const unknown = { extension: [{ url: absence, valueCode: 'unknown' }] };
const ended: ReadonlySet<unknown> = new Set(['inactive', 'resolved', 'remission']);

export function toSummaryFact(
  resource: FhirResource,
  custodianUrl: string,
  table: SummaryTable,
): SummaryFact | undefined {
  const draft = copyTree(resource) as Tree;
  if (hasCode(draft['verificationStatus'], codeOfVerification(resource), 'entered-in-error'))
    return undefined;
  if (draft['status'] === 'entered-in-error' || draft['status'] === 'draft') return undefined;
  return byType[resource.resourceType]?.(draft, table, custodianUrl);
}

function codeOfVerification({ resourceType }: FhirResource): string {
  return resourceType === 'Condition' ? codeSystems.conditionVerification : codeSystems.allergyVerification;
}

type ToFact = (draft: Tree, table: SummaryTable, custodianUrl: string) => SummaryFact | undefined;

const byType: Readonly<Record<string, ToFact>> = {
  AllergyIntolerance: (draft, table) => {
    draft['code'] ??= { text: 'Allergy without a code' };
    return profiled('allergies', draft, table);
  },
  CarePlan: (draft) => ({ section: 'planOfCare', draft: withoutProfile(draft) }),
  Condition: (draft, table) => {
    const status = treesOf(treeOf(draft['clinicalStatus'])?.['coding'])[0]?.['code'];
    // A problem that a source lists without a status is taken to hold: the safe reading. One that was refuted does not.
    const isRefuted = hasCode(draft['verificationStatus'], codeSystems.conditionVerification, 'refuted');
    if (status === undefined)
      draft['clinicalStatus'] = {
        coding: [{ system: codeSystems.conditionClinical, code: isRefuted ? 'inactive' : 'active' }],
      };
    draft['code'] ??= { text: 'Problem without a code' };
    return profiled(ended.has(status) ? 'pastIllness' : 'problems', draft, table);
  },
  Consent: (draft) => {
    const isAdvance = hasCode(draft['category'], codeSystems.consentCategory, 'acd');
    if (!isAdvance) return undefined;
    return { section: 'advanceDirectives', draft: withoutProfile(draft) };
  },
  DeviceUseStatement: (draft, table) => {
    needTime(draft, 'timing', 'DateTime');
    return profiled('devices', draft, table);
  },
  Flag: (draft) => ({ section: 'alerts', draft: withoutProfile(draft) }),
  Immunization: (draft, table) => {
    if (draft['status'] !== 'completed') return undefined;
    if (draft['occurrenceString'] !== undefined) delete draft['occurrenceString'];
    needTime(draft, 'occurrence', 'DateTime');
    return profiled('immunizations', draft, table);
  },
  MedicationRequest: (draft, table) => profiled('medications', draft, table),
  MedicationStatement: (draft, table) => {
    needTime(draft, 'effective', 'DateTime');
    return profiled('medications', draft, table);
  },
  Observation: toObservation,
  Procedure: (draft, table) => {
    if (draft['status'] === 'not-done' || draft['code'] === undefined) return undefined;
    needTime(draft, 'performed', 'DateTime');
    return profiled('procedures', draft, table);
  },
};

function toObservation(draft: Tree, table: SummaryTable, custodianUrl: string): SummaryFact | undefined {
  if (hasCode(draft['category'], codeSystems.observationCategory, 'laboratory'))
    return toResult(draft, table, custodianUrl);
  if (hasCode(draft['category'], codeSystems.observationCategory, 'vital-signs')) return toVitalSign(draft);
  if (hasCode(draft['code'], codeSystems.snomed, '365980008')) return toTobaccoUse(draft, table);
  if (hasCode(draft['code'], codeSystems.snomed, '228273003')) return ofSocialHistory(draft);
  return undefined;
}

/** FHIR's vital signs have a time and a value, and quantities only; what the zib says besides (cuff, clothing) keeps it from that profile. */
function toVitalSign(draft: Tree): SummaryFact {
  const isCoded = treesOf(draft['component']).some(
    (component) => component['valueCodeableConcept'] !== undefined,
  );
  const says = (stem: string): boolean => Object.keys(draft).some((element) => element.startsWith(stem));
  const isComplete = says('effective') && ['value', 'component', 'hasMember', 'dataAbsentReason'].some(says);
  const profile = isCoded || !isComplete ? undefined : 'http://hl7.org/fhir/StructureDefinition/vitalsigns';
  return { section: 'vitalSigns', draft: withProfile(draft, profile) };
}

/** The IPS has final results with a value, in UCUM where it is a quantity. */
function toResult(draft: Tree, table: SummaryTable, custodianUrl: string): SummaryFact | undefined {
  const value = Object.keys(draft).find((element) => element.startsWith('value'));
  if (draft['status'] !== 'final' || (value === undefined && draft['hasMember'] === undefined))
    return undefined;
  const quantity = treeOf(draft['valueQuantity']);
  if (quantity !== undefined && (quantity['system'] !== codeSystems.ucum || quantity['code'] === undefined)) {
    draft['valueString'] = quantityText(quantity);
    delete draft['valueQuantity'];
  }
  if (
    !/^value(?:String|Range|Ratio|Time|DateTime|Period|Quantity|CodeableConcept)$/.test(
      value ?? 'valueString',
    )
  )
    return undefined;
  needTime(draft, 'effective', 'DateTime');
  if (treesOf(draft['performer']).length === 0) draft['performer'] = [{ reference: custodianUrl }];
  return { section: 'results', draft: withProfile(draft, table.laboratoryProfile) };
}

function toTobaccoUse(draft: Tree, table: SummaryTable): SummaryFact {
  const value = treeOf(draft['valueCodeableConcept']);
  const codings = treesOf(value?.['coding']);
  const answer = codings
    .map(({ code }) => table.smoking[textOf(code) ?? ''])
    .find((one) => one !== undefined);
  if (answer !== undefined)
    draft['valueCodeableConcept'] = {
      ...value,
      coding: [{ system: codeSystems.loinc, code: answer }, ...codings],
    };
  leadCode(draft, '72166-2');
  return ofSocialHistory(draft);
}

/**
 * With a moment, what is final satisfies two slices of Bundle-uv-ips 1.1.0 at once (tobacco or alcohol use, and results),
 * which no document may. The zib says how long somebody used; as a period it satisfies the one, with the codes of the IPS.
 */
function ofSocialHistory(draft: Tree): SummaryFact {
  const moment = draft['effectiveDateTime'];
  delete draft['effectiveDateTime'];
  if (moment !== undefined) draft['effectivePeriod'] = { start: moment, end: moment };
  draft['effectivePeriod'] ??= unknown;
  return { section: 'socialHistory', draft: withoutProfile(draft) };
}

function leadCode(draft: Tree, code: string): void {
  const codings = treesOf(treeOf(draft['code'])?.['coding']).filter((coding) => coding['code'] !== code);
  draft['code'] = { ...treeOf(draft['code']), coding: [{ system: codeSystems.loinc, code }, ...codings] };
}

/** A time that must be there and is not known says so. */
function needTime(draft: Tree, stem: string, form: string): void {
  const hasTime = Object.keys(draft).some((element) => element.replace(/^_/, '').startsWith(stem));
  if (!hasTime) draft[`_${stem}${form}`] = unknown;
}

function profiled(section: SectionName, draft: Tree, table: SummaryTable): SummaryFact {
  return { section, draft: withProfile(draft, table.profiles[String(draft['resourceType'])]) };
}

export function withProfile(draft: Tree, profile: string | undefined): Tree {
  const { resourceType, id, meta, ...rest } = draft;
  const tag = viewTags(meta);
  const kept = {
    ...(profile === undefined ? {} : { profile: [profile] }),
    ...(tag.length === 0 ? {} : { tag }),
  };
  return { resourceType, id, ...(Object.keys(kept).length === 0 ? {} : { meta: kept }), ...rest };
}

function withoutProfile(draft: Tree): Tree {
  return withProfile(draft, undefined);
}

/** Whose fact it is stays on it, and what is the matter with it; whatever else its source said of it does not. */
function viewTags(meta: unknown): Tree[] {
  return treesOf(treeOf(meta)?.['tag']).filter(
    ({ system }) => system === identifierSystems.ura || system === viewUrls.viewFlags,
  );
}

function quantityText(quantity: Tree): string {
  const { value, unit, comparator } = quantity;
  const number = isExactDecimal(value) ? value.rawJSON : String(value);
  return [textOf(comparator), number, textOf(unit)].filter((part) => part !== undefined).join(' ');
}
