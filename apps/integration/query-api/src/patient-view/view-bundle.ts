import type { FhirResource } from '@samenhang/data-model';
import type { FactGroup } from '@samenhang/merge';
import { distinctAddresses, isFact, isPatient, type CollectedView } from './collected-view.js';
import { apart, linkageOf, type Dedupe } from './dedupe.js';
import { stableUuid } from './stable-uuid.js';
import { tagged, taggedRepresentative } from './tagged-resource.js';
import { viewOutcome, type ViewOutcome } from './view-outcome.js';
import { provenanceOf } from './view-provenance.js';

export interface ViewEntry {
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
  /** Which facts are wanted; all when left out. */
  readonly includes?: (group: FactGroup) => boolean;
  /** How what several sources say alike is shown; as one when left out. */
  readonly dedupe?: Dedupe;
}

export interface PatientView {
  readonly bundle: ViewBundle;
  readonly facts: number;
  readonly resourceTypes: readonly string[];
}

/** What the sources said, as one coherent Bundle: each fact once, everything that was said still in it. */
export function buildPatientView(
  view: CollectedView,
  { self, revealRefused, includes = () => true, dedupe = 'collapse' }: ViewSettings,
): PatientView {
  const { groups, names, isComplete, at } = view;
  const wanted = groups.filter((group) => !isFact(group) || includes(group));
  const shownGroups = dedupe === 'collapse' ? wanted : wanted.flatMap(apart);
  const facts = shownGroups.filter(isFact);
  const others = shownGroups.filter((group) => !isFact(group));
  const shown = [...facts, ...others];
  const recorded = at.toISOString();
  const bundle: ViewBundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    timestamp: recorded,
    // FHIR R4 bundle.html: total counts matches; it is unknown as long as a source is missing.
    ...(isComplete ? { total: facts.length } : {}),
    link: [{ relation: 'self', url: self }],
    entry: [
      ...facts.map((group) => representativeEntry(group, 'match')),
      ...others.map((group) => representativeEntry(group, 'include')),
      ...facts.filter(isPatient).flatMap(otherPatients),
      ...shown.map((group) => companionEntry(provenanceOf(group, names, recorded))),
      ...(dedupe === 'link' ? wanted.flatMap(linkageOf).map(companionEntry) : []),
      ...originals(shown),
      {
        fullUrl: urn('sources'),
        resource: viewOutcome(view, revealRefused),
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

function representativeEntry(group: FactGroup, mode: 'match' | 'include'): ViewEntry {
  return {
    fullUrl: group.representative.fullUrl,
    resource: taggedRepresentative(group),
    search: { mode },
  };
}

/** Patients behind the one that is shown: facts of their source refer to them. */
function otherPatients(group: FactGroup): ViewEntry[] {
  const shown = group.representative;
  return distinctAddresses(group.members.filter(({ fullUrl }) => fullUrl !== shown.fullUrl)).map(
    ({ fullUrl, resource, custodian }) => ({
      fullUrl,
      resource: tagged(resource, [custodian]),
      search: { mode: 'include' },
    }),
  );
}

function companionEntry(resource: FhirResource): ViewEntry {
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
