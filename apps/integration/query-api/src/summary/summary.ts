import { findDataCategory, identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { writeSummary, type Completeness } from '@samenhang/patient-summary';
import type { Bsn } from '@samenhang/patient-identity';
import { isPatient, type CollectedView } from '../patient-view/collected-view.js';
import type { Answer } from '../patient-view/patient-view.service.js';
import { stableUuid } from '../patient-view/stable-uuid.js';
import { viewOutcome } from '../patient-view/view-outcome.js';
import { ProvenanceWriter, type Companion } from '../patient-view/view-provenance.js';
import { recordsOf } from '../sources/json-shape.js';
import { nameFacts, renamed, withNames, type OwnNames } from './own-names.js';

export interface SummaryAnswer extends Answer {
  readonly document: string;
}

export interface SummarySettings {
  readonly bsn: Bsn;
  readonly revealRefused: boolean;
  /** The token covers part of the data only: a summary without the rest must say so. */
  readonly isNarrowed: boolean;
}

/**
 * What all sources say of one person as an International Patient Summary.
 * @throws Failure('conflict') when the sources disagree on who the person is: a summary would mix two persons
 */
export function answerSummary(view: CollectedView, settings: SummarySettings): SummaryAnswer {
  const standing = view.groups.filter(({ retracted }) => !retracted);
  const patients = standing.filter(isPatient);
  if (patients.length > 1)
    throw new Failure(
      'conflict',
      'The sources disagree on who this person is; $everything shows what each says',
    );
  const names = nameFacts(standing);
  const at = view.at.toISOString();
  const provenances = new ProvenanceWriter(view.names, at);
  const resources = standing.map((group) => renamed(group, names));
  const document = writeSummary(
    patients.length === 1 ? resources : [...resources, knownByNumberOnly(settings.bsn)],
    {
      timestamp: at,
      custodian: { name: 'Samenhang query API' },
      uuidOf: stableUuid,
      completeness: completenessOf(view, settings),
      provenance: standing.map((group) => provenanceIn(names, provenances.write(group))),
    },
  );
  return { ...countFacts(document), document: JSON.stringify(document) };
}

/** Its target is in the document; the originals it is made of are where their sources have them. */
function provenanceIn(names: OwnNames, { body }: Companion): FhirResource {
  const provenance = JSON.parse(body) as FhirResource;
  return { ...provenance, target: withNames(provenance['target'], names, '') };
}

/** Nobody who answered says more of the person, or the token does not cover it. */
function knownByNumberOnly(bsn: Bsn): FhirResource {
  return {
    resourceType: 'Patient',
    id: stableUuid('summary patient'),
    identifier: [{ system: identifierSystems.bsn, value: bsn }],
  };
}

function completenessOf(view: CollectedView, { revealRefused, isNarrowed }: SummarySettings): Completeness {
  const outcome = viewOutcome(view, revealRefused);
  const sentences = outcome.issue.flatMap(({ diagnostics }) => diagnostics ?? []);
  const narrowed = isNarrowed ? ['Only data that the scopes of the token cover'] : [];
  return { sentences: [...sentences, ...narrowed], outcome: outcome as unknown as FhirResource };
}

/** Tags are on what a source said: what the document itself adds has none. */
function countFacts(document: FhirResource): Answer {
  const facts = recordsOf(document['entry'])
    .map(({ resource }) => resource as FhirResource)
    .filter((resource) => findDataCategory(resource) !== undefined && isTagged(resource));
  return {
    facts: facts.length,
    resourceTypes: [...new Set(facts.map(({ resourceType }) => resourceType))],
  };
}

function isTagged({ meta }: FhirResource): boolean {
  return recordsOf((meta as { tag?: unknown } | undefined)?.tag).length > 0;
}
