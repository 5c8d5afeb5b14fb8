import {
  isDataCategory,
  findDataCategory,
  type EventEnvelope,
  type FhirResource,
  type MappingIssue,
  type RecordChange,
} from '@samenhang/data-model';
import { isResourceType, parseExactJson } from '@samenhang/fhir-r4';

export type NormalisedEvent = EventEnvelope<'record.normalised'>;

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

export interface CheckedMessage {
  /** What makes the message impossible to apply; empty when it can be. Locations point into the event, without values. */
  readonly problems: readonly MappingIssue[];
  /** By change: the resource of what is put, decimals as written. */
  readonly resources: readonly (FhirResource | undefined)[];
}

export function checkMessage(event: NormalisedEvent): CheckedMessage {
  const { changes, merges } = event.payload;
  const problems =
    event.tenant === null ? [problem('tenant', 'The message belongs to no care provider')] : [];
  const resources = changes.map((change) => (change.action === 'put' ? findResource(change) : undefined));
  for (const [index, change] of changes.entries()) {
    const text = change.action === 'put' ? problemOfPut(change, resources[index]) : problemOfDelete(change);
    if (text !== undefined) problems.push(problem(`changes[${index}]`, text));
  }
  for (const [index, merge] of merges.entries()) {
    if (!ID.test(merge.survivor) || !ID.test(merge.replaced)) {
      problems.push(problem(`merges[${index}]`, 'A merge names two Patient resources by id'));
    }
  }
  return { problems, resources };
}

type Put = Extract<RecordChange, { action: 'put' }>;

/** Undefined when the text is not the resource that the entry names. */
function findResource({ body, resourceType, id }: Put): FhirResource | undefined {
  try {
    const parsed = parseExactJson(body) as FhirResource | null;
    return parsed?.resourceType === resourceType && parsed.id === id ? parsed : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function problemOfPut(
  { resourceType, id, patientId }: Put,
  resource: FhirResource | undefined,
): string | undefined {
  if (!isResourceType(resourceType)) return 'Not a resource type of FHIR R4';
  if (!ID.test(id)) return 'The resource has no usable id';
  if (patientId !== null && !ID.test(patientId)) return 'The id of the patient is not usable';
  if (resource === undefined) return 'The body is not the resource that the entry names';
  if (resourceType === 'Patient')
    return patientId === null || patientId === id ? undefined : 'A Patient is about itself';
  const category = findDataCategory(resource);
  if (category !== undefined && isDataCategory(category) && patientId === null)
    return 'A fact is about a patient';
  return patientId === null || isAbout(resource, patientId)
    ? undefined
    : 'The subject of the resource is another patient';
}

function problemOfDelete(change: Extract<RecordChange, { action: 'delete' }>): string | undefined {
  if (!isResourceType(change.resourceType)) return 'Not a resource type of FHIR R4';
  return ID.test(change.id) ? undefined : 'The resource has no usable id';
}

/** A fact filed under one patient that names another in its text would be shown to the wrong eyes: neither is believed. */
function isAbout(resource: Readonly<Record<string, unknown>>, patientId: string): boolean {
  return ['subject', 'patient', 'beneficiary'].every((element) => {
    const value = resource[element];
    const reference =
      typeof value === 'object' && value !== null ? (value as { reference?: unknown }).reference : undefined;
    if (typeof reference !== 'string' || !/^Patient\/[^/]+$/.test(reference)) return true;
    return reference === `Patient/${patientId}`;
  });
}

function problem(location: string, text: string): MappingIssue {
  return { severity: 'error', code: 'processing', location, text };
}
