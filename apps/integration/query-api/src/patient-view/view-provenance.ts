import { identifierSystems, type FhirResource, type Ura, viewUrls } from '@samenhang/data-model';
import { reconcileDemographics, type Conflict, type FactGroup, type SourcedResource } from '@samenhang/merge';
import { stableUuid } from './stable-uuid.js';
import { custodianIdentifier, type Extension } from './view-extensions.js';

const participantTypes = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

export type CustodianNames = ReadonlyMap<Ura, string>;

/** Who holds the fact, in which systems, and what the merge noticed: one Provenance per fact. */
export function provenanceOf(group: FactGroup, names: CustodianNames, recorded: string): FhirResource {
  const extension = [
    ...group.conflicts.map(conflictExtension),
    ...group.differences.map((element): Extension => ({
      url: viewUrls.mergeDifference,
      valueString: element,
    })),
    ...demographicExtensions(group),
  ];
  return {
    resourceType: 'Provenance',
    // The same fact keeps its Provenance id, as long as the same original represents it.
    id: stableUuid(`provenance ${group.key}`),
    ...(extension.length === 0 ? {} : { extension }),
    target: [{ reference: group.representative.fullUrl }],
    recorded,
    agent: [
      ...custodiansOf(group).map((custodian) => ({
        type: participant('custodian'),
        who: organisation(custodian, names),
      })),
      { type: participant('assembler'), who: { display: 'Samenhang query API' } },
    ],
    entity: group.members.map((member) => entityOf(member, names)),
  };
}

/** Custodians of a fact, that of the representative first. */
export function custodiansOf({ representative, members }: FactGroup): Ura[] {
  return [...new Set([representative.custodian, ...members.map(({ custodian }) => custodian)])];
}

function participant(code: 'custodian' | 'assembler'): object {
  return { coding: [{ system: participantTypes, code }] };
}

function organisation(custodian: Ura, names: CustodianNames): object {
  const display = names.get(custodian);
  return { identifier: custodianIdentifier(custodian), ...(display === undefined ? {} : { display }) };
}

function entityOf(member: SourcedResource, names: CustodianNames): object {
  return {
    extension: [{ url: viewUrls.sourceSystem, valueUri: member.source }],
    role: 'source',
    what: { reference: member.fullUrl },
    agent: [{ type: participant('custodian'), who: organisation(member.custodian, names) }],
  };
}

function conflictExtension({ kind, elements, with: others }: Conflict): Extension {
  return {
    url: viewUrls.mergeConflict,
    extension: [
      { url: 'kind', valueCode: kind },
      ...elements.map((element): Extension => ({ url: 'element', valueString: element })),
      // A group's key is custodian and address; the address is what a reader can follow.
      ...others.map((key): Extension => ({ url: 'with', valueUri: key.slice(key.indexOf(' ') + 1) })),
    ],
  };
}

/** For a person: which custodians state which value of each element. The value itself is in the Patient pointed at. */
function demographicExtensions(group: FactGroup): Extension[] {
  if (group.representative.resource.resourceType !== 'Patient') return [];
  return reconcileDemographics(group.members).flatMap(({ element, values }) =>
    values.map(({ statedIn, custodians }) => ({
      url: viewUrls.demographicElement,
      extension: [
        { url: 'element', valueString: element },
        { url: 'statedIn', valueUri: statedIn },
        ...custodians.map((custodian): Extension => ({
          url: 'custodian',
          valueIdentifier: { system: identifierSystems.ura, value: custodian },
        })),
      ],
    })),
  );
}
