/** How precise a time must be before equal times say that two records are of one event. */
export type Precision = 'day' | 'minute';

/** Two records of one fact may not contradict each other in this element; silence contradicts nothing. */
export interface StateElement {
  readonly element: string;
  /** Codes that say the same for this purpose. A code mapped to null says nothing. Others stand for themselves. */
  readonly classes?: Readonly<Record<string, string | null>>;
}

/** When records without a shared identifier are nevertheless one fact. */
export interface ExactFactRule {
  /** The coded heart of the fact, and the code systems in order of authority. */
  readonly code: { readonly element: string; readonly systems: readonly string[] };
  /** Further elements that must be equal, absence included. */
  readonly equal: readonly string[];
  /** Elements without which equality proves nothing. */
  readonly anchors: readonly { readonly element: string; readonly precision?: Precision }[];
  /** At least one of these must be filled. */
  readonly anyOf?: readonly string[];
  /** Whether different record numbers in one numbering system mean different facts. */
  readonly identifiersDistinguish: boolean;
}

export interface MergeRule {
  /** One identifier may be shared by several objects (an order number by its results): these must agree as well. */
  readonly identifierGuard: readonly string[];
  readonly exact?: ExactFactRule;
  readonly state: readonly StateElement[];
  /** Element that places the fact on a timeline, first one filled. */
  readonly moment: readonly string[];
}

const snomed = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const gstandardHpk = 'urn:oid:2.16.840.1.113883.2.4.4.7';
const gstandardPrk = 'urn:oid:2.16.840.1.113883.2.4.4.10';
const gstandardGpk = 'urn:oid:2.16.840.1.113883.2.4.4.1';
const atc = 'http://www.whocc.no/atc';
const icd10 = 'http://hl7.org/fhir/sid/icd-10';
const icd10nl = 'http://hl7.org/fhir/sid/icd-10-nl';
const icpc = 'http://hl7.org/fhir/sid/icpc-1-nl';
const icpcOid = 'urn:oid:2.16.840.1.113883.2.4.4.31.1';
const products = [gstandardPrk, gstandardHpk, gstandardGpk, snomed, atc];

const resultStatus = {
  element: 'status',
  classes: {
    registered: 'provisional',
    preliminary: 'provisional',
    final: 'established',
    amended: 'established',
    corrected: 'established',
    unknown: null,
  },
};
const verification = {
  element: 'verificationStatus',
  classes: { unconfirmed: 'held', provisional: 'held', differential: 'held', confirmed: 'held' },
};
const clinicalStatus = {
  element: 'clinicalStatus',
  classes: { recurrence: 'active', relapse: 'active', inactive: 'past', remission: 'past', resolved: 'past' },
};
const plainStatus = { element: 'status', classes: { unknown: null } };

function prescribing(moment: string, precision: Precision, further: readonly string[]): MergeRule {
  return {
    identifierGuard: [],
    exact: {
      code: { element: 'medication[x]', systems: products },
      equal: [moment, 'extension', 'status', 'statusReason[x]', 'statusReason', ...further],
      anchors: [{ element: moment, precision }],
      identifiersDistinguish: true,
    },
    state: [plainStatus, ...further.map((element) => ({ element }))],
    moment: [moment],
  };
}

/** Joined by a shared identifier only. */
function identified(...moment: string[]): MergeRule {
  return { identifierGuard: [], state: [plainStatus], moment };
}

/**
 * The rules per resource type. Precision comes before recall: a duplicate costs a line on a screen, a wrong merge can cost a
 * fact. Types without a rule of their own are only ever joined by a shared identifier.
 */
export const mergeRules: Readonly<Record<string, MergeRule>> = {
  AllergyIntolerance: {
    identifierGuard: [],
    exact: {
      // An allergy is a property of the person: the same substance is the same propensity, however it is numbered.
      code: { element: 'code', systems: [snomed, gstandardPrk, gstandardHpk, gstandardGpk, atc] },
      equal: ['modifierExtension'],
      anchors: [],
      identifiersDistinguish: false,
    },
    state: [
      verification,
      clinicalStatus,
      { element: 'category' },
      { element: 'type' },
      { element: 'criticality', classes: { 'unable-to-assess': null } },
    ],
    moment: ['onset[x]', 'recordedDate'],
  },
  Condition: {
    identifierGuard: [],
    exact: {
      code: { element: 'code', systems: [snomed, icd10nl, icd10, icpc, icpcOid] },
      equal: ['onset[x]', 'abatement[x]', 'bodySite', 'modifierExtension', 'category'],
      anchors: [{ element: 'onset[x]', precision: 'day' }],
      identifiersDistinguish: true,
    },
    state: [
      verification,
      clinicalStatus,
      { element: 'severity' },
      { element: 'onset[x]' },
      { element: 'bodySite' },
    ],
    moment: ['onset[x]', 'recordedDate'],
  },
  Observation: {
    identifierGuard: ['code', 'effective[x]'],
    exact: {
      code: { element: 'code', systems: [loinc, snomed] },
      equal: [
        'effective[x]',
        'value[x]',
        'component',
        'dataAbsentReason',
        'bodySite',
        'method',
        'modifierExtension',
        'status',
      ],
      anchors: [{ element: 'effective[x]', precision: 'minute' }],
      anyOf: ['value[x]', 'component', 'dataAbsentReason'],
      identifiersDistinguish: true,
    },
    state: [resultStatus, { element: 'value[x]' }, { element: 'component' }, { element: 'dataAbsentReason' }],
    moment: ['effective[x]', 'issued'],
  },
  MedicationRequest: prescribing('authoredOn', 'minute', [
    'intent',
    'doNotPerform',
    'dosageInstruction',
    'dispenseRequest',
  ]),
  MedicationDispense: prescribing('whenHandedOver', 'minute', [
    'quantity',
    'daysSupply',
    'dosageInstruction',
  ]),
  MedicationStatement: prescribing('effective[x]', 'day', ['dosage']),
  Procedure: {
    identifierGuard: [],
    exact: {
      code: { element: 'code', systems: [snomed] },
      equal: ['performed[x]', 'bodySite', 'status', 'outcome', 'modifierExtension'],
      anchors: [{ element: 'performed[x]', precision: 'minute' }],
      identifiersDistinguish: true,
    },
    state: [plainStatus, { element: 'performed[x]' }, { element: 'bodySite' }],
    moment: ['performed[x]'],
  },
  Immunization: {
    identifierGuard: [],
    exact: {
      code: { element: 'vaccineCode', systems: [gstandardHpk, gstandardPrk, snomed, atc] },
      equal: [
        'occurrence[x]',
        'lotNumber',
        'site',
        'doseQuantity',
        'protocolApplied',
        'status',
        'modifierExtension',
      ],
      anchors: [{ element: 'occurrence[x]', precision: 'day' }],
      identifiersDistinguish: true,
    },
    state: [plainStatus, { element: 'occurrence[x]' }],
    moment: ['occurrence[x]'],
  },
  // Two contacts at one moment are two contacts, unless they carry one number.
  Encounter: {
    identifierGuard: [],
    state: [{ element: 'class' }, { element: 'period' }],
    moment: ['period'],
  },
  Patient: { identifierGuard: [], state: [], moment: [] },
  // Of these nothing but a shared number proves that two records are one thing; they have a place in time all the same.
  Appointment: identified('start'),
  CarePlan: identified('period', 'created'),
  Composition: identified('date'),
  Consent: identified('dateTime'),
  DeviceUseStatement: identified('timing[x]', 'recordedOn'),
  DiagnosticReport: identified('effective[x]', 'issued'),
  DocumentManifest: identified('created'),
  DocumentReference: identified('date'),
  EpisodeOfCare: identified('period'),
  Flag: identified('period'),
  Goal: identified('start[x]'),
  ImmunizationRecommendation: identified('date'),
  MedicationAdministration: identified('effective[x]'),
  NutritionOrder: identified('dateTime'),
  ServiceRequest: identified('occurrence[x]', 'authoredOn'),
};

const identifierOnly = identified();

export function ruleFor(resourceType: string): MergeRule {
  return mergeRules[resourceType] ?? identifierOnly;
}

/** SNOMED CT codes by which a source states that it knows of none. */
export const negatingCodes: Readonly<Record<string, ReadonlySet<string>>> = {
  AllergyIntolerance: new Set([
    '716186003',
    '409137002',
    '428607008',
    '429625007',
    '428197003',
    '1003774007',
    '716184000',
  ]),
  Condition: new Set(['160245001']),
};
