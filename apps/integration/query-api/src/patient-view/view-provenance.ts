import { identifierSystems, type Ura, viewUrls } from '@samenhang/data-model';
import { reconcileDemographics, type Conflict, type FactGroup, type SourcedResource } from '@samenhang/merge';
import { stableUuid } from './stable-uuid.js';
import { custodianIdentifier, type Extension } from './view-extensions.js';

const participantTypes = 'http://terminology.hl7.org/CodeSystem/provenance-participant-type';

export type CustodianNames = ReadonlyMap<Ura, string>;

/** A resource of the view itself, as JSON. */
export interface Companion {
  readonly id: string;
  readonly body: string;
}

/**
 * Who holds the fact, in which systems, and what the merge noticed: one Provenance per fact. There are as many of them as
 * of facts, all of a few parts: they are written of texts.
 */
export class ProvenanceWriter {
  readonly #agents = new Map<Ura, string>();

  constructor(
    private readonly names: CustodianNames,
    private readonly recorded: string,
  ) {}

  write(group: FactGroup): Companion {
    // The same fact keeps its Provenance id, as long as the same original represents it.
    const id = stableUuid(`provenance ${group.key}`);
    const extension = extensionsOf(group);
    const body = [
      `{"resourceType":"Provenance","id":"${id}"`,
      ...(extension.length === 0 ? [] : [`"extension":${JSON.stringify(extension)}`]),
      `"target":[{"reference":${JSON.stringify(group.representative.fullUrl)}}]`,
      `"recorded":${JSON.stringify(this.recorded)}`,
      `"agent":[${[...custodiansOf(group).map((custodian) => this.#agentOf(custodian)), assembler].join(',')}]`,
      `"entity":[${group.members.map((member) => this.#entityOf(member)).join(',')}]}`,
    ].join(',');
    return { id, body };
  }

  #entityOf({ custodian, fullUrl, source }: SourcedResource): string {
    const system = `{"url":"${viewUrls.sourceSystem}","valueUri":${JSON.stringify(source)}}`;
    const what = `{"reference":${JSON.stringify(fullUrl)}}`;
    return `{"extension":[${system}],"role":"source","what":${what},"agent":[${this.#agentOf(custodian)}]}`;
  }

  #agentOf(custodian: Ura): string {
    const known = this.#agents.get(custodian);
    if (known !== undefined) return known;
    const agent = { type: participant('custodian'), who: organisation(custodian, this.names) };
    const text = JSON.stringify(agent);
    this.#agents.set(custodian, text);
    return text;
  }
}

function extensionsOf(group: FactGroup): Extension[] {
  return [
    ...group.conflicts.map(conflictExtension),
    ...group.differences.map((element): Extension => ({
      url: viewUrls.mergeDifference,
      valueString: element,
    })),
    ...demographicExtensions(group),
  ];
}

/** Custodians of a fact, that of the representative first. */
export function custodiansOf({ representative, members }: FactGroup): Ura[] {
  if (members.length === 1) return [representative.custodian];
  return [...new Set([representative.custodian, ...members.map(({ custodian }) => custodian)])];
}

function participant(code: 'custodian' | 'assembler'): object {
  return { coding: [{ system: participantTypes, code }] };
}

function organisation(custodian: Ura, names: CustodianNames): object {
  const display = names.get(custodian);
  return { identifier: custodianIdentifier(custodian), ...(display === undefined ? {} : { display }) };
}

const assembler = JSON.stringify({
  type: participant('assembler'),
  who: { display: 'Samenhang query API' },
});

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
