import {
  findDataCategory,
  identifierSystems,
  type FhirResource,
  type Ura,
  viewUrls,
} from '@samenhang/data-model';
import { mergeFacts, type FactGroup, type SourcedResource } from '@samenhang/merge';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import { hasAnswered, type SourceReport } from '../sources/source-report.js';
import { stableUuid } from './stable-uuid.js';
import { viewOutcome, type ViewOutcome } from './view-outcome.js';
import { custodiansOf, provenanceOf, type CustodianNames } from './view-provenance.js';

interface ViewEntry {
  readonly fullUrl: string;
  readonly resource: FhirResource | ViewOutcome | OriginalsBundle;
  readonly search: { readonly mode: 'match' | 'include' | 'outcome' };
}

interface OriginalsBundle {
  readonly resourceType: 'Bundle';
  readonly id: string;
  readonly type: 'collection';
  readonly entry: readonly { readonly fullUrl: string; readonly resource: FhirResource }[];
}

export interface ViewBundle {
  readonly resourceType: 'Bundle';
  readonly type: 'searchset';
  readonly timestamp: string;
  readonly total?: number;
  readonly link: readonly { readonly relation: 'self'; readonly url: string }[];
  readonly entry: readonly ViewEntry[];
}

export interface ViewSettings {
  readonly self: string;
  readonly revealRefused: boolean;
  readonly at: Date;
}

export interface PatientView {
  readonly bundle: ViewBundle;
  readonly facts: number;
  readonly resourceTypes: readonly string[];
}

/** What the sources said, as one coherent Bundle: each fact once, everything that was said still in it. */
export function buildPatientView(reports: readonly SourceReport[], settings: ViewSettings): PatientView {
  const groups = mergeFacts(reports.flatMap(({ resources }) => resources));
  const names: CustodianNames = new Map(
    reports.flatMap(({ custodian, custodianName }) =>
      custodianName === undefined ? [] : [[custodian, custodianName] as const],
    ),
  );
  const facts = groups.filter(isFact);
  const recorded = settings.at.toISOString();
  // FHIR R4 bundle.html: total counts matches; it is unknown as long as a source is missing.
  const complete = reports.every((report) => hasAnswered(report) && report.missing.length === 0);
  const bundle: ViewBundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    timestamp: recorded,
    ...(complete ? { total: facts.length } : {}),
    link: [{ relation: 'self', url: settings.self }],
    entry: [
      ...facts.map((group) => representativeEntry(group, 'match')),
      ...groups.filter((group) => !isFact(group)).map((group) => representativeEntry(group, 'include')),
      ...facts.filter(isPatient).flatMap(otherPatients),
      ...groups.map((group) => provenanceEntry(provenanceOf(group, names, recorded))),
      ...originals(groups),
      {
        fullUrl: urn('sources'),
        resource: viewOutcome(reports, settings.revealRefused),
        search: { mode: 'outcome' },
      },
    ],
  };
  return {
    bundle,
    facts: facts.length,
    resourceTypes: [...new Set(facts.map((group) => group.representative.resource.resourceType))],
  };
}

function isFact({ representative }: FactGroup): boolean {
  return findDataCategory(representative.resource) !== undefined;
}

function isPatient({ representative }: FactGroup): boolean {
  return representative.resource.resourceType === 'Patient';
}

function representativeEntry(group: FactGroup, mode: 'match' | 'include'): ViewEntry {
  const flags = [
    ...(group.conflicts.length > 0 ? ['conflict'] : []),
    ...(group.retracted ? ['retracted'] : []),
  ];
  return {
    fullUrl: group.representative.fullUrl,
    resource: tagged(group.representative.resource, custodiansOf(group), flags),
    search: { mode },
  };
}

/** Patients behind the one that is shown: facts of their source refer to them. */
function otherPatients(group: FactGroup): ViewEntry[] {
  const shown = group.representative;
  return distinctAddresses(group.members.filter(({ fullUrl }) => fullUrl !== shown.fullUrl)).map(
    ({ fullUrl, resource, custodian }) => ({
      fullUrl,
      resource: tagged(resource, [custodian], []),
      search: { mode: 'include' },
    }),
  );
}

function provenanceEntry(resource: FhirResource): ViewEntry {
  return { fullUrl: `urn:uuid:${resource.id}`, resource, search: { mode: 'include' } };
}

/** Originals that are shown through another record of the same fact, exactly as their source gave them. */
function originals(groups: readonly FactGroup[]): ViewEntry[] {
  const hidden = groups
    .filter((group) => !isPatient(group))
    .flatMap(({ members, representative }) =>
      members.filter((member) => member.fullUrl !== representative.fullUrl),
    );
  const entry = distinctAddresses(hidden).map(({ fullUrl, resource }) => ({ fullUrl, resource }));
  if (entry.length === 0) return [];
  const resource: OriginalsBundle = {
    resourceType: 'Bundle',
    id: stableUuid('originals'),
    type: 'collection',
    entry,
  };
  return [{ fullUrl: urn('originals'), resource, search: { mode: 'include' } }];
}

function urn(name: string): string {
  return `urn:uuid:${stableUuid(name)}`;
}

function distinctAddresses(items: readonly SourcedResource[]): SourcedResource[] {
  return [...new Map(items.map((item) => [item.fullUrl, item])).values()];
}

/** Tags say whose the fact is; nothing else of the resource changes. */
function tagged(resource: FhirResource, custodians: readonly Ura[], flags: readonly string[]): FhirResource {
  const meta = isRecord(resource['meta']) ? resource['meta'] : {};
  const own = recordsOf(meta['tag']).filter(
    ({ system }) => system !== identifierSystems.ura && system !== viewUrls.viewFlags,
  );
  const tag = [
    ...own,
    ...custodians.map((code) => ({ system: identifierSystems.ura, code })),
    ...flags.map((code) => ({ system: viewUrls.viewFlags, code })),
  ];
  return { ...resource, meta: { ...meta, tag } };
}
