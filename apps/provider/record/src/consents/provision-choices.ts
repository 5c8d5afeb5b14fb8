import { anyPurpose, type ChosenRequester, type ConsentChoice } from '@samenhang/consent';
import {
  dataCategories,
  dataCategorySystem,
  identifierSystems,
  isDataCategory,
  type DataCategory,
  type Ura,
} from '@samenhang/data-model';
import type { FailureIssue } from '@samenhang/errors';
import { parseDate } from '@samenhang/fhir-http';

interface Coding {
  readonly system?: string;
  readonly code?: string;
}

interface FhirActor {
  readonly reference?: { readonly identifier?: { readonly system?: string; readonly value?: string } };
}

/** Consent.provision (R4), as far as it is applied; FHIR has checked the form. */
export interface FhirProvision {
  readonly type?: string;
  readonly period?: { readonly start?: string; readonly end?: string };
  readonly actor?: readonly FhirActor[];
  readonly action?: readonly { readonly coding?: readonly Coding[] }[];
  readonly purpose?: readonly Coding[];
  readonly class?: readonly Coding[];
  readonly code?: readonly { readonly coding?: readonly Coding[] }[];
  readonly data?: readonly {
    readonly meaning?: string;
    readonly reference?: { readonly reference?: string };
  }[];
  readonly provision?: readonly FhirProvision[];
  readonly [element: string]: unknown;
}

export interface ReadProvision {
  readonly choices: readonly ConsentChoice[];
  readonly issues: readonly FailureIssue[];
}

/** What a provision says, with what the ones around it say where it says nothing itself. */
interface Scope {
  readonly requesters: readonly ConsentChoice['requester'][];
  readonly purposes: readonly string[];
  readonly categories: ConsentChoice['categories'];
  readonly resources?: readonly string[];
  readonly period: { readonly start?: Date; readonly end?: Date };
}

const anything: Scope = { requesters: ['anyone'], purposes: [anyPurpose], categories: 'all', period: {} };
const purposeSystem = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const typeSystem = 'http://hl7.org/fhir/resource-types';
const applied = new Set([
  'id',
  'type',
  'period',
  'actor',
  'action',
  'purpose',
  'class',
  'code',
  'data',
  'provision',
]);
const MAXIMUM_DEPTH = 3;
const LOCAL_REFERENCE = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/;

/** Each provision is a choice for every requester and purpose it names; nested ones are exceptions to those around them. */
export function readProvision(provision: FhirProvision, tenant: Ura): ReadProvision {
  const issues: FailureIssue[] = [];
  const choices = read(provision, anything, 'Consent.provision', 1);
  return { choices, issues };

  function read(one: FhirProvision, around: Scope, path: string, depth: number): ConsentChoice[] {
    const scope = scopeOf(one, around, (element, text) =>
      issues.push({ text, expression: `${path}.${element}` }),
    );
    const nested = (one.provision ?? []).flatMap((each, index) => {
      const place = `${path}.provision[${index}]`;
      if (depth < MAXIMUM_DEPTH) return read(each, scope, place, depth + 1);
      issues.push({ text: 'Is nested too deeply', expression: place });
      return [];
    });
    if (one.type !== 'permit' && one.type !== 'deny') {
      issues.push({ text: 'Must be permit or deny', expression: `${path}.type` });
      return nested;
    }
    return [...toChoices(one.type, scope, tenant), ...nested];
  }
}

type Fault = (element: string, text: string) => void;

function scopeOf(one: FhirProvision, around: Scope, fault: Fault): Scope {
  for (const element of Object.keys(one))
    if (!applied.has(element)) fault(element, 'Is not applied here, so it is not accepted');
  const isAccess = (one.action ?? []).every(({ coding = [] }) =>
    coding.some(({ code }) => code === 'access'),
  );
  if (!isAccess) fault('action', 'Only access is decided here');
  const categories = readCategories(one, fault);
  const resources = one.data?.map(({ meaning, reference }) => {
    if (meaning !== 'instance' || !LOCAL_REFERENCE.test(reference?.reference ?? ''))
      fault('data', 'Names single resources of this record: meaning instance, reference Type/id');
    return reference?.reference ?? '';
  });
  const named = resources ?? around.resources;
  return {
    requesters: one.actor?.map((actor) => readActor(actor, fault)) ?? around.requesters,
    purposes: one.purpose?.map((purpose) => readPurpose(purpose, fault)) ?? around.purposes,
    categories: categories ?? around.categories,
    ...(named === undefined ? {} : { resources: named }),
    period: narrow(around.period, one.period),
  };
}

function readActor({ reference }: FhirActor, fault: Fault): ChosenRequester | 'anyone' {
  const { system, value = '' } = reference?.identifier ?? {};
  if (system === identifierSystems.ura && /^\d{8}$/.test(value)) return { ura: value as Ura };
  if (system === identifierSystems.organisationType && value !== '') return { facilityType: value };
  if (system === identifierSystems.uziRole && value !== '') return { roleCode: value };
  if (system === identifierSystems.uziPerson && value !== '') return { professional: value };
  fault('actor', 'Must be an identifier: a URA, a type of care provider, a role code or a UZI number');
  return 'anyone';
}

function readPurpose({ system, code }: Coding, fault: Fault): string {
  if (system === purposeSystem && code !== undefined && code !== '') return code;
  fault('purpose', 'Must be a purpose of use (v3-ActReason)');
  return anyPurpose;
}

/** By type of resource (`class`) or by data category (`code`). */
function readCategories(
  { class: types, code: concepts }: FhirProvision,
  fault: Fault,
): DataCategory[] | undefined {
  if (types === undefined && concepts === undefined) return undefined;
  const ofTypes = (types ?? []).flatMap(({ system, code }) => {
    const found = dataCategories.filter(({ resourceType }) => resourceType === code);
    if (system !== typeSystem || found.length === 0) fault('class', 'Must be a type of a data category');
    return found.map((category) => category.code);
  });
  const named = (concepts ?? []).flatMap(({ coding = [] }) => {
    const found = coding.flatMap(({ system, code = '' }) =>
      system === dataCategorySystem && isDataCategory(code) ? [code] : [],
    );
    if (found.length === 0) fault('code', 'Must be a data category');
    return found;
  });
  return [...new Set([...ofTypes, ...named])];
}

/** An end counts as far as it is exact: a day to its last moment (http://hl7.org/fhir/R4/datatypes.html#Period). */
function narrow(around: Scope['period'], period: FhirProvision['period']): Scope['period'] {
  const start = period?.start === undefined ? undefined : new Date(parseDate(period.start, 'start').from);
  const end = period?.end === undefined ? undefined : new Date(parseDate(period.end, 'end').until);
  const later = [around.start, start].filter((each) => each !== undefined).sort((a, b) => +b - +a)[0];
  const earlier = [around.end, end].filter((each) => each !== undefined).sort((a, b) => +a - +b)[0];
  return {
    ...(later === undefined ? {} : { start: later }),
    ...(earlier === undefined ? {} : { end: earlier }),
  };
}

function toChoices(decision: 'permit' | 'deny', scope: Scope, tenant: Ura): ConsentChoice[] {
  const { requesters, purposes, categories, resources, period } = scope;
  return requesters.flatMap((requester) =>
    purposes.map((purposeOfUse) => ({
      decision,
      holder: { ura: tenant },
      requester,
      categories,
      ...(resources === undefined ? {} : { resources }),
      purposeOfUse,
      period,
    })),
  );
}
