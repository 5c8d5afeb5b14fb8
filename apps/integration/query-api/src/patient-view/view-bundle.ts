import type { SearchsetEntry } from '@samenhang/fhir-http';
import type { FactGroup } from '@samenhang/merge';
import { distinctAddresses, isFact, isPatient, type CollectedView } from './collected-view.js';
import { apart, linkageOf, type Dedupe } from './dedupe.js';
import type { ResourceTexts } from './resource-texts.js';
import { stableUuid } from './stable-uuid.js';
import { flagsOf } from './tagged-resource.js';
import { viewOutcome } from './view-outcome.js';
import { custodiansOf, ProvenanceWriter, type Companion } from './view-provenance.js';

export interface ViewSettings {
  readonly self: string;
  readonly revealRefused: boolean;
  /** Which facts are wanted; all when left out. */
  readonly includes?: (group: FactGroup) => boolean;
  /** How what several sources say alike is shown; as one when left out. */
  readonly dedupe?: Dedupe;
}

/** What the sources said, as one coherent whole: each fact once, everything that was said still in it. */
export interface PatientView {
  readonly facts: number;
  readonly resourceTypes: readonly string[];
  /** Number of matches; unknown as long as a source is missing (FHIR R4 bundle.html). */
  readonly total?: number;
  /** Everything but the Bundle around it, as JSON. */
  readonly entries: () => SearchsetEntry[];
  /** The Bundle, as JSON. */
  readonly write: () => string;
}

export function buildPatientView(
  view: CollectedView,
  { self, revealRefused, includes = () => true, dedupe = 'collapse' }: ViewSettings,
): PatientView {
  const wanted = view.groups.filter((group) => !isFact(group) || includes(group));
  const shown = dedupe === 'collapse' ? wanted : wanted.flatMap(apart);
  const facts = shown.filter(isFact);
  const linkages = (): Companion[] => (dedupe === 'link' ? wanted.flatMap(linkageOf) : []);
  const total = view.isComplete ? { total: facts.length } : {};
  const entries = (): SearchsetEntry[] => [
    ...factEntries(view, facts, shown),
    ...linkages().map(companionEntry),
    ...originals(shown, view.texts),
    { fullUrl: urn('sources'), body: JSON.stringify(viewOutcome(view, revealRefused)), mode: 'outcome' },
  ];
  return {
    ...total,
    facts: facts.length,
    resourceTypes: [...new Set(facts.map((group) => group.representative.resource.resourceType))],
    entries,
    write: () =>
      writeBundle(
        {
          resourceType: 'Bundle',
          type: 'searchset',
          timestamp: view.at.toISOString(),
          ...total,
          link: [{ relation: 'self', url: self }],
        },
        entries(),
      ),
  };
}

/** Facts first, then what comes along with them, and the Provenance of each. */
function factEntries(
  { names, texts, at }: CollectedView,
  facts: readonly FactGroup[],
  shown: readonly FactGroup[],
): SearchsetEntry[] {
  const provenances = new ProvenanceWriter(names, at.toISOString());
  const others = shown.filter((group) => !isFact(group));
  return [
    ...facts.map((group) => representativeEntry(group, 'match', texts)),
    ...others.map((group) => representativeEntry(group, 'include', texts)),
    ...facts.filter(isPatient).flatMap((group) => otherPatients(group, texts)),
    ...[...facts, ...others].map((group) => companionEntry(provenances.write(group))),
  ];
}

function writeBundle(head: object, entries: readonly SearchsetEntry[]): string {
  const texts = entries.map(
    ({ fullUrl, body, mode }) =>
      `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${body},"search":{"mode":"${mode}"}}`,
  );
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${texts.join(',')}]}`;
}

function representativeEntry(
  group: FactGroup,
  mode: 'match' | 'include',
  texts: ResourceTexts,
): SearchsetEntry {
  const { fullUrl, resource } = group.representative;
  return { fullUrl, body: texts.tagged(resource, custodiansOf(group), flagsOf(group)), mode };
}

/** Patients behind the one that is shown: facts of their source refer to them. */
function otherPatients({ representative, members }: FactGroup, texts: ResourceTexts): SearchsetEntry[] {
  const others = members.filter(({ fullUrl }) => fullUrl !== representative.fullUrl);
  return distinctAddresses(others).map(({ fullUrl, resource, custodian }) => ({
    fullUrl,
    body: texts.tagged(resource, [custodian]),
    mode: 'include',
  }));
}

function companionEntry({ id, body }: Companion): SearchsetEntry {
  return { fullUrl: `urn:uuid:${id}`, body, mode: 'include' };
}

/** Originals that are shown through another record of the same fact, exactly as their source gave them. */
function originals(groups: readonly FactGroup[], texts: ResourceTexts): SearchsetEntry[] {
  const hidden = groups
    .filter((group) => group.members.length > 1 && !isPatient(group))
    .flatMap(({ members, representative }) =>
      members.filter((member) => member.fullUrl !== representative.fullUrl),
    );
  const entry = distinctAddresses(hidden).map(
    ({ fullUrl, resource }) =>
      `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${texts.original(resource)}}`,
  );
  if (entry.length === 0) return [];
  const head = { resourceType: 'Bundle', id: stableUuid('originals'), type: 'collection' };
  const body = `${JSON.stringify(head).slice(0, -1)},"entry":[${entry.join(',')}]}`;
  return [{ fullUrl: urn('originals'), body, mode: 'include' }];
}

function urn(name: string): string {
  return `urn:uuid:${stableUuid(name)}`;
}
