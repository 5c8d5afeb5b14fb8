import type { FhirResource } from '@samenhang/data-model';
import { findElement } from '@samenhang/fhir-r4';
import { isRecord, recordsOf } from '../sources/json-shape.js';
import type { ResultShape } from './result-shape.js';
import summaryElements from './summary-elements.json' with { type: 'json' };

const subsetted = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const;
const always = new Set(['resourceType', 'id', 'meta']);
const summaries: Readonly<Record<string, readonly string[] | undefined>> = summaryElements;

/**
 * The resource with only the elements that are wanted, and a tag that says so
 * (http://hl7.org/fhir/R4/search.html#summary). Elements that must be there stay.
 */
export function shapeResource(
  resource: FhirResource,
  { elements, summary }: Pick<ResultShape, 'elements' | 'summary'>,
): FhirResource {
  const keeps = wantedElements(resource.resourceType, elements, summary);
  if (keeps === undefined) return resource;
  const kept = Object.keys(resource).filter(
    (key) => always.has(key) || keeps(key) || isRequired(resource.resourceType, key),
  );
  const shaped: Record<string, unknown> = {};
  // Set by name on a new object: numbers below keep how their source wrote them, which hangs on their own parents.
  for (const key of kept) shaped[key] = resource[key];
  const meta = isRecord(resource['meta']) ? resource['meta'] : {};
  return {
    ...shaped,
    meta: { ...meta, tag: [...recordsOf(meta['tag']), subsetted] },
  } as unknown as FhirResource;
}

type Keeps = (key: string) => boolean;

function wantedElements(
  type: string,
  elements: readonly string[],
  summary: ResultShape['summary'],
): Keeps | undefined {
  if (elements.length > 0) return named(elements);
  switch (summary) {
    case 'text':
      return (key) => key === 'text';
    case 'data':
      return (key) => key !== 'text';
    case 'true':
      // Where it is not known what the summary of a type is, all of it is.
      return summaries[type] === undefined ? undefined : named(summaries[type]);
    default:
      return undefined;
  }
}

/** `onset` names whichever type was chosen; `_birthDate` goes with `birthDate`. */
function named(elements: readonly string[]): Keeps {
  const wanted = new Set(elements.map((element) => element.split('.').at(-1) ?? element));
  return (key) => {
    const name = key.replace(/^_/, '');
    return wanted.has(name) || [...wanted].some((stem) => isChoiceOf(name, stem));
  };
}

function isChoiceOf(name: string, stem: string): boolean {
  return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length));
}

function isRequired(type: string, key: string): boolean {
  const name = key.replace(/^_/, '');
  const exact = findElement(type, name);
  if (exact !== undefined) return exact.isRequired;
  const [stem] = /^[a-z]+(?:[A-Z][a-z]+)*?(?=[A-Z])/.exec(name) ?? [];
  const choice = stem === undefined ? undefined : findElement(type, stem);
  return choice?.isChoice === true && choice.isRequired;
}
