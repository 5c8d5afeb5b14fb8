import { Failure, type FailureIssue } from '@samenhang/errors';
import { parseExactJson, validateResource, type ValidationIssue } from '@samenhang/fhir-r4';
import { groupByPatient, type FhirEntry, type PatientGroup } from './group-by-patient.js';
import { isObject, type JsonObject } from '@samenhang/fhir-server';
import { type PatientIdentity } from './patient-of-resource.js';

/** A message to store: the text of one resource or one Bundle. */
export interface FhirMessage {
  readonly text: string;
  readonly patient: PatientIdentity | undefined;
  /** Of a Bundle: the entries that it came from. A supporting resource may be in several messages. */
  readonly entries?: readonly number[];
}

/** Says what is wrong with a resource; nothing for a valid one. */
export type Validate = (resource: unknown) => readonly ValidationIssue[];

const MAXIMUM_REPORTED = 50;

/**
 * A pushed resource or Bundle. One about a single patient is kept as it came; a Bundle about several becomes one
 * Bundle for each, so that their order does not depend on one another.
 * @throws Failure('invalid') with the expressions at fault
 */
export function readResource(
  resource: unknown,
  text: string,
  validate: Validate = validateResource,
): FhirMessage[] {
  const issues = validate(resource);
  if (issues.length > 0) throw invalid(issues.slice(0, MAXIMUM_REPORTED));
  if (!isObject(resource)) throw new Failure('malformed', 'A FHIR resource is a JSON object');
  if (resource['resourceType'] !== 'Bundle') {
    const [group] = groupByPatient([{ resource, fullUrl: undefined, text }]);
    return [{ text, patient: group?.patient }];
  }
  const entries = entriesOf(resource, text);
  const patients = groupByPatient(entries);
  const only = patients.filter(({ patient }) => patient !== undefined);
  if (only.length <= 1)
    return [{ text, patient: only[0]?.patient, entries: entries.map((_, index) => index) }];
  return patients.map((group) => toBundle(String(resource['type']), group, entries));
}

function toBundle(type: string, group: PatientGroup, all: readonly FhirEntry[]): FhirMessage {
  return {
    text: bundleText(type, group.entries),
    patient: group.patient,
    entries: group.entries.map((entry) => all.indexOf(entry)),
  };
}

export interface Batch {
  readonly messages: readonly FhirMessage[];
  /** What is wrong with entries that are not taken, by their index. */
  readonly refused: ReadonlyMap<number, readonly FailureIssue[]>;
}

/** A Bundle of type batch: each of its entries is valid or not by itself (FHIR R4 http.html#batch). */
export function readBatch(bundle: JsonObject, text: string, validate: Validate): Batch {
  const entries = entriesOf(bundle, text, true);
  const refused = new Map<number, readonly FailureIssue[]>();
  entries.forEach((entry, index) => {
    const issues = validate(JSON.parse(bundleText('batch', [entry])));
    if (issues.length === 0) return;
    const place = `entry[${String(index)}]`;
    const named = issues.map((issue) => ({
      ...issue,
      expression: issue.expression.replace('entry[0]', place),
    }));
    refused.set(index, named.slice(0, MAXIMUM_REPORTED));
  });
  const groups = groupByPatient(entries.filter((_, index) => !refused.has(index)));
  return { messages: groups.map((group) => toBundle('batch', group, entries)), refused };
}

/** Groups of plain resources as messages: one resource as it is, several as a collection. */
export function toMessages(groups: readonly PatientGroup[]): FhirMessage[] {
  return groups.map(({ patient, entries }) => ({ patient, text: bundleText('collection', entries) }));
}

function bundleText(type: string, entries: readonly FhirEntry[]): string {
  return `{"resourceType":"Bundle","type":${JSON.stringify(type)},"entry":[${entries.map((entry) => entry.text).join(',')}]}`;
}

/** Entries with their text; read again keeping numbers only where several patients make a split necessary. */
function entriesOf(bundle: JsonObject, text: string, isSplit = false): FhirEntry[] {
  const parsed = Array.isArray(bundle['entry']) ? (bundle['entry'] as JsonObject[]) : [];
  const mayBeSplit = isSplit || parsed.filter((entry) => isObject(entry['resource'])).length > 1;
  const precise = mayBeSplit ? (parseExactJson(text) as { entry: unknown[] }).entry : [];
  return parsed.map((entry, index) => ({
    resource: isObject(entry['resource']) ? entry['resource'] : undefined,
    fullUrl: typeof entry['fullUrl'] === 'string' ? entry['fullUrl'] : undefined,
    text: mayBeSplit ? JSON.stringify(precise[index]) : '',
  }));
}

function invalid(issues: readonly FailureIssue[]): Failure {
  return new Failure('invalid', 'The content is not valid FHIR', { issues });
}
