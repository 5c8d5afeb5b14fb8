import { Failure, type FailureIssue } from '@samenhang/errors';
import { parseExactJson, validateResource } from '@samenhang/fhir-r4';
import { groupByPatient, type FhirEntry, type PatientGroup } from './group-by-patient.js';
import { isObject, type JsonObject, type PatientIdentity } from './patient-of-resource.js';

/** A message to store: the text of one resource or one Bundle. */
export interface FhirMessage {
  readonly text: string;
  readonly patient: PatientIdentity | undefined;
}

const MAXIMUM_REPORTED = 50;

/**
 * A pushed resource or Bundle. One about a single patient is kept as it came; a Bundle about several becomes one
 * Bundle for each, so that their order does not depend on one another.
 * @throws Failure('invalid') with the expressions at fault
 */
export function readResource(resource: unknown, text: string): FhirMessage[] {
  const issues = validateResource(resource);
  if (issues.length > 0) throw invalid(issues.slice(0, MAXIMUM_REPORTED));
  if (!isObject(resource)) throw new Failure('malformed', 'A FHIR resource is a JSON object');
  if (resource['resourceType'] !== 'Bundle') {
    const [group] = groupByPatient([{ resource, fullUrl: undefined, text }]);
    return [{ text, patient: group?.patient }];
  }
  const entries = entriesOf(resource, text);
  const patients = groupByPatient(entries);
  const only = patients.filter(({ patient }) => patient !== undefined);
  if (only.length <= 1) return [{ text, patient: only[0]?.patient }];
  return patients.map((group) => ({
    text: bundleText(String(resource['type']), group.entries),
    patient: group.patient,
  }));
}

/**
 * NDJSON: each line a resource; nothing is taken when one line is not valid.
 * @throws Failure('invalid') with line numbers in the expressions
 */
export function readLines(body: string): FhirMessage[] {
  const issues: FailureIssue[] = [];
  const entries: FhirEntry[] = [];
  body.split('\n').forEach((line, index) => {
    const text = line.trim();
    if (text === '' || issues.length >= MAXIMUM_REPORTED) return;
    const resource = parseLine(text);
    const found =
      resource === undefined
        ? [{ code: 'structure', text: 'The line is not valid JSON', expression: '' }]
        : validateResource(resource);
    for (const issue of found) issues.push(onLine(index + 1, issue));
    if (isObject(resource)) entries.push({ resource, fullUrl: undefined, text: `{"resource":${text}}` });
  });
  if (issues.length > 0) throw invalid(issues.slice(0, MAXIMUM_REPORTED));
  if (entries.length === 0) throw new Failure('malformed', 'The body holds no resource');
  return toMessages(groupByPatient(entries));
}

/** Groups of plain resources as messages: one resource as it is, several as a collection. */
export function toMessages(groups: readonly PatientGroup[]): FhirMessage[] {
  return groups.map(({ patient, entries }) => ({ patient, text: bundleText('collection', entries) }));
}

function bundleText(type: string, entries: readonly FhirEntry[]): string {
  return `{"resourceType":"Bundle","type":${JSON.stringify(type)},"entry":[${entries.map((entry) => entry.text).join(',')}]}`;
}

/** Entries with their text; read again keeping numbers only where several patients make a split necessary. */
function entriesOf(bundle: JsonObject, text: string): FhirEntry[] {
  const parsed = Array.isArray(bundle['entry']) ? (bundle['entry'] as JsonObject[]) : [];
  const mayBeSplit = parsed.filter((entry) => isObject(entry['resource'])).length > 1;
  const precise = mayBeSplit ? (parseExactJson(text) as { entry: unknown[] }).entry : [];
  return parsed.map((entry, index) => ({
    resource: isObject(entry['resource']) ? entry['resource'] : undefined,
    fullUrl: typeof entry['fullUrl'] === 'string' ? entry['fullUrl'] : undefined,
    text: mayBeSplit ? JSON.stringify(precise[index]) : '',
  }));
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function onLine(line: number, issue: FailureIssue): FailureIssue {
  const expression = [`line ${String(line)}`, issue.expression]
    .filter((part) => part !== undefined && part !== '')
    .join(': ');
  return { ...issue, expression };
}

function invalid(issues: readonly FailureIssue[]): Failure {
  return new Failure('invalid', 'The content is not valid FHIR R4', { issues });
}
