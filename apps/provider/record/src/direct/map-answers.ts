import {
  findDataCategory,
  identifierSystems,
  type DataCategory,
  type FhirResource,
  type MappingIssue,
} from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { JsonObject } from '@samenhang/fhir-server';
import {
  mappingVersion,
  normaliseMessage,
  resourceId,
  sourceIdKey,
  type SourceMessage,
} from '@samenhang/mapping';
import type { PatientKeyring } from '@samenhang/patient-identity';
import { tagMappingVersion } from '../resources/mapping-version-tag.js';
import type { DirectSource } from './direct-source.js';
import type { LiveIssue } from './live-issue.js';
import type { SourceAnswers } from './source-conversation.js';

/** A resource of the source as it is given: mapped, and about nobody else. */
export interface LiveFact {
  readonly resource: FhirResource;
  /** Whether it is about the patient; supporting material is about nobody. */
  readonly isOfPatient: boolean;
  readonly category: DataCategory | undefined;
}

export interface LiveFacts {
  readonly facts: readonly LiveFact[];
  /** Ids of the person's Patient resources, in order. */
  readonly patientIds: readonly string[];
  readonly issues: readonly LiveIssue[];
  readonly mappingVersion: string;
}

/** Errors of the mapping after which a resource of the source is not among what is given. */
const FIND_ENTRY = /^Bundle\.entry\[(\d+)\]/;

/**
 * The answers of a source in the profiles that every answer here is in: the mapping of what is ingested, unchanged.
 * @throws Failure('upstream') when anything of it is about another patient
 */
export function mapAnswers(source: DirectSource, answers: SourceAnswers, keyring: PatientKeyring): LiveFacts {
  const sent = [...answers.resources];
  const mapped = normaliseMessage(messageOf(source, sent, keyring));
  const issues = [...answers.issues, ...unusedTypes(mapped.issues, sent).map(incomplete)];
  if (mapped.outcome === 'rejected') {
    if (sent.length > 0)
      throw new Failure('upstream', 'What the source sends about the patient cannot be used');
    return { facts: [], patientIds: [], issues, mappingVersion };
  }
  const puts = mapped.changes.filter((change) => change.action === 'put');
  const patientIds = puts
    .filter(({ resource, onlyIfAbsent }) => resource.resourceType === 'Patient' && onlyIfAbsent !== true)
    .map(({ resource }) => resource.id)
    .sort();
  const known = new Set(patientIds);
  if (!puts.every((put) => isAbout(put.resource, put.patientId, known)))
    throw new Failure('upstream', 'The source answers about another patient');
  const originals = originalsOf(source, sent);
  const facts = puts.map(({ resource, patientId }) => ({
    resource: tagMappingVersion(nameOriginal(resource, originals), mappingVersion),
    isOfPatient: patientId !== null,
    category: findDataCategory(resource),
  }));
  return { facts, patientIds, issues, mappingVersion };
}

type Sent = readonly (readonly [name: string, resource: JsonObject])[];

function messageOf(source: DirectSource, sent: Sent, keyring: PatientKeyring): SourceMessage {
  const { tenant, sourceId, displayName, baseUrl, localIdentifierSystem, timeZone } = source;
  const entry = sent.map(([name, resource]) => ({ fullUrl: `${baseUrl}/${name}`, resource }));
  return {
    tenant,
    sourceId,
    format: source.fhirVersion === 'r4' ? 'fhir-r4' : 'fhir-stu3',
    content: Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry })),
    settings: {
      localIdentifierSystem,
      displayName,
      timeZone: timeZone ?? 'Europe/Amsterdam',
      defaultCharset: 'UTF-8',
    },
    hashBsn: (bsn) => keyring.keyOf(tenant, identifierSystems.bsn, bsn),
  };
}

function unusedTypes(issues: readonly MappingIssue[], sent: Sent): string[] {
  const types = issues
    .filter(({ severity }) => severity === 'error')
    .map(({ location }) => sent[Number(FIND_ENTRY.exec(location)?.[1] ?? -1)]?.[1]['resourceType']);
  return [...new Set(types.map((type) => (typeof type === 'string' ? type : 'Resource')))];
}

/** By the id that a resource has here, its name at the source. */
function originalsOf({ tenant, sourceId }: DirectSource, sent: Sent): ReadonlyMap<string, string> {
  return new Map(
    sent.map(([name]) => {
      const [type = '', id = ''] = name.split('/');
      const mapped = type === 'ProcedureRequest' ? 'ServiceRequest' : type;
      return [resourceId(tenant, sourceId, mapped, sourceIdKey(id)), name];
    }),
  );
}

/** The fragment of `meta.source` names what was exchanged (FHIR R4 resource.html#Meta): here the original at the source. */
function nameOriginal(resource: FhirResource, originals: ReadonlyMap<string, string>): FhirResource {
  const name = originals.get(resource.id);
  const { resourceType, id, ...content } = resource;
  const meta = content['meta'] as { readonly source?: string } | undefined;
  if (name === undefined || meta?.source === undefined) return resource;
  return { resourceType, id, ...content, meta: { ...meta, source: `${meta.source}#${name}` } };
}

const incomplete = (type: string): LiveIssue => ({ type, category: undefined, code: 'incomplete' });

/** One that names two patients is about neither. */
function isAbout(resource: FhirResource, patientId: string | null, known: ReadonlySet<string>): boolean {
  if (resource.resourceType === 'Patient') return known.has(resource.id);
  if (patientId !== null && !known.has(patientId)) return false;
  return ['subject', 'patient', 'beneficiary'].every((element) => {
    const { reference } = (resource[element] ?? {}) as { reference?: unknown };
    const [, id] = typeof reference === 'string' ? (/^Patient\/([^/]+)/.exec(reference) ?? []) : [];
    return id === undefined || known.has(id);
  });
}
