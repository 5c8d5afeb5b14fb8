import {
  findDataCategory,
  identifierSystems,
  type DataCategory,
  type FhirResource,
} from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { mappingVersion, normaliseMessage } from '@samenhang/mapping';
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
  const { tenant, sourceId, displayName, baseUrl, localIdentifierSystem, timeZone } = source;
  const sent = [...answers.resources];
  const entry = sent.map(([name, resource]) => ({ fullUrl: `${baseUrl}/${name}`, resource }));
  const mapped = normaliseMessage({
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
  });
  const unused = mapped.issues
    .filter(({ severity }) => severity === 'error')
    .map(({ location }) => sent[Number(FIND_ENTRY.exec(location)?.[1] ?? -1)]?.[1])
    .map((resource) =>
      typeof resource?.['resourceType'] === 'string' ? resource['resourceType'] : 'Resource',
    );
  const issues = [...answers.issues, ...[...new Set(unused)].map(incomplete)];
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
  const facts = puts.map(({ resource, patientId }) => ({
    resource: tagMappingVersion(resource, mappingVersion),
    isOfPatient: patientId !== null,
    category: findDataCategory(resource),
  }));
  return { facts, patientIds, issues, mappingVersion };
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
