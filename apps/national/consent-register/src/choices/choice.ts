import { findUra, type DataCategory, type Ura } from '@samenhang/data-model';
import { Failure, type FailureIssue } from '@samenhang/errors';
import type { ChoiceQuestion, ConsentChoice } from '@samenhang/consent';
import {
  isConsentCategory,
  isConsultingCategory,
  toConsultingCategory,
  type ClosedQuestion,
  type ConsentCategory,
  type ConsultingCategory,
} from '@samenhang/mitz';
import { findBsn, type Bsn } from '@samenhang/patient-identity';

/** A citizen's choice as this register keeps it. */
export interface RegisteredChoice {
  /** One care provider, or all of a care-provider type such as `V4`. */
  readonly holder: { readonly ura: Ura } | { readonly facilityType: string };
  /** Absent: whichever care provider consults. */
  readonly requesterCategory?: ConsultingCategory;
  readonly category: ConsentCategory;
  readonly decision: 'permit' | 'deny';
}

/** The purpose that citizens' choices here are about. */
export const TREATMENT = 'TREAT';
const FACILITY_TYPE = /^[A-Z]\d{1,2}$/;
const FIELDS = ['holder', 'holderCategory', 'requesterCategory', 'category', 'decision'];

/** @throws Failure('invalid') that names every field at fault, never its value */
export function readChoice(body: unknown): { patient: Bsn; choice: RegisteredChoice } {
  const { bsn, ...fields } = readObject(body);
  const patient = findPatient(bsn);
  const { choice, issues } = readFields(fields);
  if (patient === undefined)
    issues.unshift({ text: 'A BSN that passes the eleven-test is required', expression: 'bsn' });
  if (issues.length > 0 || patient === undefined || choice === undefined) throw invalidChoice(issues);
  return { patient, choice };
}

/** A choice of whoever asks: it names nobody. @throws Failure('invalid') */
export function readOwnChoice(body: unknown): RegisteredChoice {
  const { choice, issues } = readFields(readObject(body));
  if (issues.length > 0 || choice === undefined) throw invalidChoice(issues);
  return choice;
}

function invalidChoice(issues: FailureIssue[]): Failure {
  return new Failure('invalid', 'The choice is not valid', { issues });
}

function readFields(fields: Record<string, unknown>): { choice?: RegisteredChoice; issues: FailureIssue[] } {
  const holder = readHolder(fields);
  const { category, decision, requesterCategory } = fields;
  const issues: FailureIssue[] = Object.keys(fields)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => ({ text: 'This field is not known', expression: field }));
  if (holder === undefined)
    issues.push({
      text: 'Either holder (a URA) or holderCategory (a care-provider type) is required',
      expression: 'holder',
    });
  if (
    requesterCategory !== undefined &&
    !(typeof requesterCategory === 'string' && isConsultingCategory(requesterCategory))
  ) {
    issues.push({ text: 'Must be a category of consulting care providers', expression: 'requesterCategory' });
  }
  if (typeof category !== 'string' || !isConsentCategory(category)) {
    issues.push({ text: 'Must be a category of data', expression: 'category' });
  }
  if (decision !== 'permit' && decision !== 'deny')
    issues.push({ text: 'Must be permit or deny', expression: 'decision' });
  if (issues.length > 0 || holder === undefined) return { issues };
  const choice: RegisteredChoice = {
    holder,
    ...(requesterCategory === undefined
      ? {}
      : { requesterCategory: requesterCategory as ConsultingCategory }),
    category: category as ConsentCategory,
    decision: decision as 'permit' | 'deny',
  };
  return { choice, issues };
}

/** @throws Failure('invalid') */
export function readPatient(body: unknown): Bsn {
  const patient = findPatient(readObject(body)['bsn']);
  if (patient !== undefined) return patient;
  throw new Failure('invalid', 'A BSN that passes the eleven-test is required', {
    issues: [{ text: 'A BSN that passes the eleven-test is required', expression: 'bsn' }],
  });
}

function readObject(body: unknown): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Failure('malformed', 'A JSON object is required');
  return body as Record<string, unknown>;
}

function findPatient(bsn: unknown): Bsn | undefined {
  return typeof bsn === 'string' && bsn.length === 9 ? findBsn(bsn) : undefined;
}

function readHolder({
  holder,
  holderCategory,
}: Record<string, unknown>): RegisteredChoice['holder'] | undefined {
  if (typeof holder === 'string' && holderCategory === undefined) {
    const ura = findUra(holder);
    return ura === undefined ? undefined : { ura };
  }
  const isType = typeof holderCategory === 'string' && FACILITY_TYPE.test(holderCategory);
  return holder === undefined && isType ? { facilityType: holderCategory } : undefined;
}

/** Data categories that stand for each category of the register when its choices are combined. */
const dataCategoriesOf: Readonly<Record<ConsentCategory, readonly DataCategory[] | 'all'>> = {
  GGC002: 'all',
  GGC012: ['ObservationLaboratory'],
  GGC013: ['MedicationUse'],
};

export function toConsentChoice(choice: RegisteredChoice): ConsentChoice {
  return {
    decision: choice.decision,
    holder: choice.holder,
    requester: choice.requesterCategory === undefined ? 'anyone' : { facilityType: choice.requesterCategory },
    categories: dataCategoriesOf[choice.category],
    purposeOfUse: TREATMENT,
  };
}

/** The data category by which a category of the register is asked for when choices are combined. */
export function representativeOf(category: ConsentCategory): DataCategory {
  const categories = dataCategoriesOf[category];
  return (categories === 'all' ? undefined : categories[0]) ?? 'Condition';
}

/** Requesters are known to the register by category only, so the category takes the place of the care-provider type. */
export function toChoiceQuestion(question: ClosedQuestion): ChoiceQuestion {
  return {
    holder: { ura: question.holder, facilityType: question.holderType },
    requester: { ura: question.requester, facilityType: toConsultingCategory(question.requesterType) },
    professional: { id: question.professional, roleCode: question.role },
    category: representativeOf(question.category),
    purposeOfUse: question.purpose,
  };
}
