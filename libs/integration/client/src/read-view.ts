import { findDataCategory, viewUrls, type DataCategory } from '@samenhang/data-model';
import { extensionsOf, findText, recordOf } from './fhir-shape.js';
import type { Fact, FhirBundle, PatientView, ViewConflict } from './patient-view.js';
import { readDemographics } from './read-demographics.js';
import { indexBundle, isFlagged, readFact } from './read-facts.js';
import { readMissing, readSourceStatuses } from './read-sources.js';
import { viewSections, type ViewSection } from './view-sections.js';

const documentTypes: ReadonlySet<string> = new Set(['DocumentReference', 'DocumentManifest', 'Composition']);

const sections = {
  problems: ['Condition'],
  allergies: ['AllergyIntolerance'],
  medication: ['MedicationRequest', 'MedicationDispense', 'MedicationUse'],
  laboratoryResults: ['ObservationLaboratory'],
  vitalSigns: ['ObservationVitalSigns'],
  encounters: ['Encounter'],
  procedures: ['Procedure'],
  immunizations: ['Immunization'],
} as const satisfies Record<Exclude<ViewSection, 'documents' | 'others'>, readonly DataCategory[]>;

const sectionOfCategory = new Map<DataCategory | undefined, ViewSection>(
  (Object.keys(sections) as (keyof typeof sections)[]).flatMap((section) =>
    sections[section].map((category) => [category, section] as const),
  ),
);

/** Every fact stands in one section: what has none of its own is among the others, never left out. */
function sectionOf({ resource }: Fact): ViewSection {
  if (documentTypes.has(resource.resourceType)) return 'documents';
  return sectionOfCategory.get(findDataCategory(resource)) ?? 'others';
}

/** The typed view in a Bundle of the query API. */
export function readPatientView(bundle: FhirBundle): PatientView {
  const entries = bundle.entry ?? [];
  const index = indexBundle(entries);
  const matches = entries.flatMap(({ fullUrl, resource, search }) =>
    search?.mode === 'match' && fullUrl !== undefined && resource !== undefined
      ? [{ fullUrl, resource }]
      : [],
  );
  const person = matches.find(({ resource }) => resource.resourceType === 'Patient');
  const facts = matches
    .filter(({ resource }) => resource.resourceType !== 'Patient')
    .map(({ fullUrl, resource }) => readFact(fullUrl, resource, index));
  const standing = facts.filter(({ resource }) => !isFlagged(resource, 'retracted'));
  const inSections = viewSections.map((section) => [
    section,
    standing.filter((fact) => sectionOf(fact) === section),
  ]);
  const outcome = recordOf(entries.find(({ search }) => search?.mode === 'outcome')?.resource);
  const sources = readSourceStatuses(outcome);
  const retry = findText(extensionsOf(outcome, viewUrls.retryToken)[0]?.['valueString']);
  return {
    ...(person === undefined
      ? {}
      : { demographics: readDemographics(person.fullUrl, person.resource, index) }),
    ...(Object.fromEntries(inSections) as Record<ViewSection, Fact[]>),
    retracted: facts.filter(({ resource }) => isFlagged(resource, 'retracted')),
    sources,
    conflicts: collectConflicts(matches.map(({ fullUrl, resource }) => readFact(fullUrl, resource, index))),
    missing: readMissing(outcome, sources),
    nothingRegistered: sources.length === 0,
    ...(retry === undefined ? {} : { retry }),
    bundle,
  };
}

/** Each conflict once, with all facts that take part in it. */
function collectConflicts(facts: readonly Fact[]): ViewConflict[] {
  const byAddress = new Map(facts.map((fact) => [fact.address, fact]));
  const found = new Map<string, ViewConflict>();
  for (const fact of facts) {
    for (const { kind, elements, with: others } of fact.conflicts) {
      const addresses = [fact.address, ...others].sort();
      const concerned = addresses.flatMap((address) => byAddress.get(address) ?? []);
      found.set(JSON.stringify([kind, addresses]), { kind, elements, facts: concerned });
    }
  }
  return [...found.values()];
}
