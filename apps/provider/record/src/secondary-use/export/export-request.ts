import { Failure } from '@samenhang/errors';
import { isDatasetType, type Dataset, type DatasetType, type PermitTerms } from '@samenhang/secondary-use';
import type { ViewPlan } from '@samenhang/sql-on-fhir';
import type { TableFormat } from '@samenhang/table-files';
import { searchedHash } from '../../resources/token-hash.js';
import type { NamedView } from './view-export-request.js';

/** What is asked of an export, as it is signed and kept. */
export interface ExportRequest {
  readonly level: 'system' | 'patient' | 'group' | 'view';
  /** Of an export of views: these. */
  readonly views?: readonly NamedView[];
  readonly format?: TableFormat;
  /** Whether CSV begins with the names of the columns. */
  readonly header?: boolean;
  /** Of a group: the permit whose population it is. */
  readonly group?: string;
  readonly types?: readonly string[];
  readonly since?: string;
  /** Several for one type: any of them. */
  readonly typeFilters?: readonly string[];
  /** `element`, or `Type.element`. */
  readonly elements?: readonly string[];
}

/** One type of an export, with what of it is given. */
export interface ExportedType {
  readonly dataset: Dataset;
  /** Conditions on the table `r`; only hashes and moments of this program stand in them. */
  readonly where: readonly string[];
  /** Given as the rows of this view, instead of as it is. */
  readonly view?: ExportedView;
}

export interface ExportedView {
  /** Of its output. */
  readonly name: string;
  readonly plan: ViewPlan;
}

/** Search parameters by which an export can be filtered, and the element each looks at. */
const filterable: Readonly<Record<string, readonly string[]>> = {
  code: ['code', 'medicationCodeableConcept'],
  'vaccine-code': ['vaccineCode'],
  category: ['category'],
  status: ['status'],
  'clinical-status': ['clinicalStatus'],
  class: ['class'],
};

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2}))?$/;
const FILTER = /^([A-Za-z]+)\?([a-z-]+)=((?:[\w:/.-]{1,120}\|)?[A-Za-z0-9.-]{1,64})$/;

/** Parameters of FHIR (`_type`, `_since`, `_typeFilter`, `_elements`, `_outputFormat`) and `permit`. @throws Failure('malformed') */
export function readExportRequest(
  body: unknown,
  level: ExportRequest['level'],
  group?: string,
): { request: ExportRequest; permit: string } {
  const { resourceType, parameter } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Failure('malformed', 'Parameters with a permit are expected');
  const given = new Map<string, string[]>();
  for (const each of parameter as Readonly<Record<string, unknown>>[]) {
    const value = each['valueString'] ?? each['valueInstant'] ?? each['valueCode'];
    if (typeof each['name'] !== 'string' || typeof value !== 'string')
      throw new Failure('malformed', 'A parameter has a name and a text');
    given.set(each['name'], [...(given.get(each['name']) ?? []), value]);
  }
  const known = ['_type', '_since', '_typeFilter', '_elements', '_outputFormat', 'permit'];
  const unknown = [...given.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Failure('malformed', `Not supported: ${unknown}`);
  assertFormat(given.get('_outputFormat'));
  const [permit, ...permits] = given.get('permit') ?? [];
  if (permit === undefined || permits.length > 0) throw new Failure('malformed', 'One permit is expected');
  const [since] = given.get('_since') ?? [];
  if (since !== undefined && !MOMENT.test(since)) throw new Failure('malformed', '_since is a moment');
  const lists = {
    types: given.get('_type')?.flatMap((value) => value.split(',')),
    typeFilters: given.get('_typeFilter'),
    elements: given.get('_elements')?.flatMap((value) => value.split(',')),
  };
  const request = {
    level,
    ...(group === undefined ? {} : { group }),
    ...(since === undefined ? {} : { since }),
    ...Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)),
  };
  return { request, permit };
}

/**
 * What of a permit an export gives: never more.
 * @throws Failure('forbidden' | 'malformed' | 'not-found')
 */
export function planExport(request: ExportRequest, terms: PermitTerms): ExportedType[] {
  if (request.level === 'group' && request.group !== terms.permitId)
    throw new Failure('not-found', 'There is no such group');
  const types = request.types ?? terms.datasets.map(({ type }) => type);
  const filters = (request.typeFilters ?? []).map(readFilter);
  return [...new Set(types)].map((type) => {
    const dataset = terms.datasets.find((each) => each.type === type);
    if (dataset === undefined)
      throw new Failure('forbidden', 'The permit gives no data of one of the types of resource');
    const own = filters
      .filter((filter) => filter.type === type)
      .map((filter) => conditionOf(filter, dataset));
    const since = request.since === undefined ? [] : [`r.last_updated >= '${request.since}'::timestamptz`];
    return {
      dataset: { ...dataset, elements: elementsOf(request, dataset) },
      where: [...since, ...(own.length === 0 ? [] : [`(${own.join(' OR ')})`])],
    };
  });
}

interface Filter {
  readonly type: DatasetType;
  readonly name: string;
  readonly value: string;
}

function readFilter(text: string): Filter {
  const [, type, name, value] = FILTER.exec(text) ?? [];
  if (!isDatasetType(type) || name === undefined || value === undefined || filterable[name] === undefined)
    throw new Failure(
      'malformed',
      'A _typeFilter is Type?parameter=value, with a parameter that is supported',
    );
  return { type, name, value };
}

/** To filter by an element says what is in it: it must be one that the permit gives. */
function conditionOf({ name, value }: Filter, { elements }: Dataset): string {
  if (!(filterable[name] ?? []).some((element) => elements.includes(element)))
    throw new Failure('forbidden', 'The permit does not give what a _typeFilter looks at');
  const [system, code] = value.includes('|') ? value.split('|', 2) : [undefined, value];
  const hash = searchedHash(name, {
    ...(system === undefined ? {} : { system }),
    ...(code === undefined ? {} : { code }),
  });
  return `r.tokens @> ARRAY[${hash}::bigint]`;
}

function elementsOf({ elements }: ExportRequest, dataset: Dataset): readonly string[] {
  if (elements === undefined) return dataset.elements;
  return dataset.elements.filter(
    (element) => elements.includes(element) || elements.includes(`${dataset.type}.${element}`),
  );
}

function assertFormat(formats: readonly string[] = []): void {
  const known = ['application/fhir+ndjson', 'application/ndjson', 'ndjson'];
  if (formats.some((format) => !known.includes(format)))
    throw new Failure('malformed', 'The output format is application/fhir+ndjson');
}
