import type { Decimal } from '@samenhang/fhir-r4';

/**
 * FHIR R4 data types and resources, as far as the mapping touches them. What arrives has passed the structural check of
 * `@samenhang/fhir-r4` before it is seen as one of these; elements that are only carried along need no mention.
 */
export interface Element {
  extension?: Extension[];
}

export interface Extension {
  url: string;
  extension?: Extension[];
  [value: `value${string}`]: unknown;
}

export interface Coding {
  system?: string;
  version?: string;
  code?: string;
  display?: string;
  userSelected?: boolean;
}

export interface CodeableConcept extends Element {
  coding?: Coding[];
  text?: string;
}

export interface Identifier extends Element {
  use?: string;
  type?: CodeableConcept;
  system?: string;
  value?: string;
  period?: Period;
  assigner?: Reference;
}

export interface Reference extends Element {
  reference?: string;
  type?: string;
  identifier?: Identifier;
  display?: string;
}

export interface Period extends Element {
  start?: string;
  end?: string;
}

export interface Quantity extends Element {
  value?: Decimal;
  comparator?: string;
  unit?: string;
  system?: string;
  code?: string;
}

export interface Range {
  low?: Quantity;
  high?: Quantity;
}

export interface Annotation extends Element {
  authorReference?: Reference;
  authorString?: string;
  time?: string;
  text: string;
}

export interface HumanName extends Element {
  use?: string;
  text?: string;
  family?: string;
  _family?: Element;
  given?: string[];
  _given?: (Element | null)[];
  prefix?: string[];
  suffix?: string[];
  period?: Period;
}

export interface Address extends Element {
  use?: string;
  type?: string;
  text?: string;
  line?: string[];
  _line?: (Element | null)[];
  city?: string;
  district?: string;
  state?: string;
  postalCode?: string;
  country?: string;
  _country?: Element;
  period?: Period;
}

export interface ContactPoint extends Element {
  system?: string;
  _system?: Element;
  value?: string;
  use?: string;
}

export interface Meta {
  profile?: string[];
  source?: string;
  security?: Coding[];
  tag?: Coding[];
}

/** A resource while it is being made; it leaves as the immutable `FhirResource` of the event catalogue. */
export interface Draft {
  resourceType: string;
  id?: string;
  meta?: Meta;
  text?: unknown;
  contained?: Draft[];
  extension?: Extension[];
  modifierExtension?: Extension[];
  identifier?: Identifier[];
  [element: string]: unknown;
}

export interface Patient extends Draft {
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: string;
  _gender?: Element;
  birthDate?: string;
  deceasedBoolean?: boolean;
  deceasedDateTime?: string;
  address?: Address[];
  maritalStatus?: CodeableConcept;
  contact?: PatientContact[];
  communication?: { language: CodeableConcept; preferred?: boolean }[];
  generalPractitioner?: Reference[];
  link?: { other: Reference; type: string }[];
}

export interface PatientContact extends Element {
  relationship?: CodeableConcept[];
  name?: HumanName;
  telecom?: ContactPoint[];
  address?: Address;
  organization?: Reference;
}

export interface RelatedPerson extends Draft {
  patient: Reference;
  relationship?: CodeableConcept[];
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: string;
  _gender?: Element;
  address?: Address[];
}

export interface Practitioner extends Draft {
  name?: HumanName[];
  telecom?: ContactPoint[];
  gender?: string;
  _gender?: Element;
  address?: Address[];
}

export interface PractitionerRole extends Draft {
  practitioner?: Reference;
  organization?: Reference;
  code?: CodeableConcept[];
  specialty?: CodeableConcept[];
  telecom?: ContactPoint[];
}

export interface OrganizationOrLocation extends Draft {
  name?: string;
  telecom?: ContactPoint[];
  address?: Address | Address[];
}

export interface Condition extends Draft {
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  category?: CodeableConcept[];
  code?: CodeableConcept;
  bodySite?: CodeableConcept[];
  note?: Annotation[];
  subject: Reference;
}

export interface AllergyIntolerance extends Draft {
  clinicalStatus?: CodeableConcept;
  verificationStatus?: CodeableConcept;
  category?: string[];
  _category?: (Element | null)[];
  criticality?: string;
  _criticality?: Element;
  code?: CodeableConcept;
  patient: Reference;
  note?: Annotation[];
  reaction?: AllergyReaction[];
}

export interface AllergyReaction extends Element {
  substance?: CodeableConcept;
  manifestation: CodeableConcept[];
  severity?: string;
  exposureRoute?: CodeableConcept;
  note?: Annotation[];
}

export interface ObservationComponent extends Element {
  code: CodeableConcept;
  valueQuantity?: Quantity;
  dataAbsentReason?: CodeableConcept;
  interpretation?: CodeableConcept[];
  [element: string]: unknown;
}

export interface Observation extends Draft {
  status: string;
  category?: CodeableConcept[];
  code: CodeableConcept;
  subject?: Reference;
  effectiveDateTime?: string;
  effectivePeriod?: Period;
  issued?: string;
  valueQuantity?: Quantity;
  valueCodeableConcept?: CodeableConcept;
  valueRange?: Range;
  valueString?: string;
  valueInteger?: number;
  dataAbsentReason?: CodeableConcept;
  interpretation?: CodeableConcept[];
  note?: Annotation[];
  bodySite?: CodeableConcept;
  method?: CodeableConcept;
  specimen?: Reference;
  referenceRange?: { low?: Quantity; high?: Quantity; text?: string }[];
  hasMember?: Reference[];
  performer?: Reference[];
  component?: ObservationComponent[];
}

export interface Specimen extends Draft {
  type?: CodeableConcept;
  collection?: {
    method?: CodeableConcept;
    bodySite?: CodeableConcept;
    collectedDateTime?: string;
    collectedPeriod?: Period;
  };
  note?: Annotation[];
}

export interface Encounter extends Draft {
  status: string;
  class: Coding;
  subject?: Reference;
  participant?: { type?: CodeableConcept[]; individual?: Reference }[];
  period?: Period;
  location?: { location: Reference }[];
  serviceProvider?: Reference;
  diagnosis?: { condition: Reference; use?: CodeableConcept; rank?: number }[];
  reasonCode?: CodeableConcept[];
  hospitalization?: { admitSource?: CodeableConcept; dischargeDisposition?: CodeableConcept };
}

export interface Procedure extends Draft {
  code?: CodeableConcept;
  bodySite?: CodeableConcept[];
  note?: Annotation[];
  performer?: { actor: Reference }[];
}

export interface Immunization extends Draft {
  vaccineCode: CodeableConcept;
  doseQuantity?: Quantity;
  performer?: unknown[];
  note?: Annotation[];
}

export interface Dosage extends Element {
  text?: string;
  additionalInstruction?: CodeableConcept[];
  asNeededBoolean?: boolean;
  asNeededCodeableConcept?: CodeableConcept;
  route?: CodeableConcept;
  [element: string]: unknown;
}

export interface MedicationResource extends Draft {
  status: string;
  category?: CodeableConcept | CodeableConcept[];
  medicationCodeableConcept?: CodeableConcept;
  medicationReference?: Reference;
  subject?: Reference;
  note?: Annotation[];
}

export interface MedicationRequest extends MedicationResource {
  intent: string;
  category?: CodeableConcept[];
  reasonCode?: CodeableConcept[];
  reasonReference?: Reference[];
  dosageInstruction?: Dosage[];
}

export interface MedicationStatement extends MedicationResource {
  category?: CodeableConcept;
  statusReason?: CodeableConcept[];
  reasonCode?: CodeableConcept[];
  dosage?: Dosage[];
}

export interface MedicationDispense extends MedicationResource {
  category?: CodeableConcept;
  performer?: { actor: Reference }[];
  authorizingPrescription?: Reference[];
  dosageInstruction?: Dosage[];
  whenHandedOver?: string;
  whenPrepared?: string;
}

export interface Medication extends Draft {
  code?: CodeableConcept;
  form?: CodeableConcept;
  ingredient?: { itemCodeableConcept?: CodeableConcept }[];
}

export interface Flag extends Draft {
  category?: CodeableConcept[];
  code: CodeableConcept;
}

export interface Consent extends Draft {
  scope?: CodeableConcept;
  category?: CodeableConcept[];
  policy?: { authority?: string; uri?: string }[];
  provision?: { type?: string; code?: CodeableConcept[]; [element: string]: unknown };
}

export interface Coverage extends Draft {
  type?: CodeableConcept;
  payor?: Reference[];
}

export interface CareTeam extends Draft {
  participant?: { member?: Reference }[];
}

export interface DiagnosticReport extends Draft {
  category?: CodeableConcept[];
  code: CodeableConcept;
}

export interface Device extends Draft {
  status?: string;
  type?: CodeableConcept;
  patient?: Reference;
  note?: Annotation[];
}

export interface DeviceUseStatement extends Draft {
  bodySite?: CodeableConcept;
  note?: Annotation[];
}

export interface ServiceRequest extends Draft {
  code?: CodeableConcept;
  bodySite?: CodeableConcept[];
  note?: Annotation[];
}

export interface ImmunizationRecommendation extends Draft {
  recommendation: { vaccineCode?: CodeableConcept[]; dateCriterion?: unknown[] }[];
}

export interface NutritionOrder extends Draft {
  note?: Annotation[];
  oralDiet?: { texture?: { modifier?: CodeableConcept }[]; fluidConsistencyType?: CodeableConcept[] };
}
