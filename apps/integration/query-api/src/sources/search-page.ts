import { dataCategorySystem, isDataCategory, type FhirResource } from '@samenhang/data-model';
import { parseExact } from './exact-json.js';
import { isRecord, recordsOf } from './json-shape.js';
import { SourceFailure, type MissingCategory } from './source-report.js';

export interface PageEntry {
  readonly resource: FhirResource;
  readonly fullUrl: string;
}

/** One page of search results, checked to be what it claims to be. */
export interface SearchPage {
  readonly entries: readonly PageEntry[];
  readonly next: string | undefined;
  /** Categories that the source says it does not give, for good or now. */
  readonly lacking: readonly MissingCategory[];
  /** Types of which it does not give facts of no category. */
  readonly lackingTypes: readonly MissingCategory[];
}

const resourceTypes = 'http://hl7.org/fhir/resource-types';
const TYPE = /^[A-Z][A-Za-z]{1,63}$/;
const ID = /^[A-Za-z0-9.-]{1,64}$/;

/** @throws SourceFailure('invalid') when the text is not a FHIR searchset of well-identified resources */
export function readSearchPage(text: string, base: string): SearchPage {
  const bundle = parseBundle(text);
  const entries = recordsOf(bundle['entry']).flatMap((entry) => {
    const { resource } = entry;
    if (!isResource(resource))
      throw new SourceFailure('invalid', 'The source delivers an entry without an identified resource');
    // A source speaks for its own addresses only, whatever its fullUrl claims.
    return resource.resourceType === 'OperationOutcome'
      ? []
      : [{ resource, fullUrl: `${base}/${resource.resourceType}/${resource.id}` }];
  });
  const lacking = (system: string): MissingCategory[] => lackingOf(bundle, system);
  return {
    entries,
    next: nextLink(bundle, base),
    lacking: lacking(dataCategorySystem).filter(({ category }) => isDataCategory(category)),
    lackingTypes: lacking(resourceTypes),
  };
}

/** Issue types (FHIR R4 valueset-issue-type) that say that something is there, and is not in the answer. */
const lackingBy: ReadonlyMap<unknown, MissingCategory['status']> = new Map([
  ['forbidden', 'refused'],
  ['timeout', 'timed-out'],
  ['transient', 'unreachable'],
] as const);

/** By names of a system: of categories, or of types. */
function lackingOf(bundle: Record<string, unknown>, names: string): MissingCategory[] {
  return recordsOf(bundle['entry'])
    .map(({ resource }) => resource)
    .filter(isRecord)
    .filter(({ resourceType }) => resourceType === 'OperationOutcome')
    .flatMap(({ issue }) => recordsOf(issue))
    .flatMap(({ code: issueType, details }) => {
      const status = lackingBy.get(issueType);
      const codings = recordsOf(isRecord(details) ? details['coding'] : undefined);
      return status === undefined
        ? []
        : codings.flatMap(({ system, code }) =>
            system === names && typeof code === 'string' ? [{ category: code, status }] : [],
          );
    });
}

function parseBundle(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseExact(text);
  } catch (cause) {
    throw new SourceFailure('invalid', 'The source does not answer in JSON', { cause });
  }
  if (!isRecord(value) || value['resourceType'] !== 'Bundle' || value['type'] !== 'searchset') {
    throw new SourceFailure('invalid', 'The source does not answer with a searchset Bundle');
  }
  return value;
}

export function isResource(value: unknown): value is FhirResource {
  if (!isRecord(value) || typeof value['resourceType'] !== 'string' || !TYPE.test(value['resourceType']))
    return false;
  return (
    value['resourceType'] === 'OperationOutcome' || (typeof value['id'] === 'string' && ID.test(value['id']))
  );
}

/** A next page must lie under the source's own base: the token and the proof are for that address alone. */
function nextLink(bundle: Record<string, unknown>, base: string): string | undefined {
  const link = recordsOf(bundle['link']).find(({ relation }) => relation === 'next');
  if (link === undefined) return undefined;
  const target = typeof link['url'] === 'string' ? URL.parse(link['url'], `${base}/`) : null;
  if (target === null) throw new SourceFailure('invalid', 'The source gives a next page that is no address');
  const within = new URL(base);
  if (target.origin !== within.origin || !`${target.pathname}/`.startsWith(`${within.pathname}/`)) {
    throw new SourceFailure('invalid', 'The source sends the caller to another address for the next page');
  }
  return target.href;
}
