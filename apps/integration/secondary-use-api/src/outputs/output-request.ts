import {
  ageHierarchy,
  dateHierarchy,
  listHierarchy,
  postcodeHierarchy,
  prefixHierarchy,
  type Hierarchy,
  type ReleaseColumns,
} from '@samenhang/disclosure';
import { Failure } from '@samenhang/errors';
import { isOneOf } from '@samenhang/secondary-use';
import { InvalidViewError, planView } from '@samenhang/sql-on-fhir';
import { tableFormats, type TableFormat } from '@samenhang/table-files';
import { omopViewsFor, personView } from '../omop/omop-views.js';
import { readOmopRequest, type OmopRequest } from '../omop/omop-request.js';
import { readSetSizes, type SetSizes } from '../sets/set-sizes.js';
import type { Permit } from '../permits/permit.js';
import { malformed, membersOf } from '../permits/read-json.js';

/** How values of a column become coarser. */
export const coarsenings = ['age', 'postcode', 'date', 'code-prefix', 'list'] as const;
type Coarsening = (typeof coarsenings)[number];

export interface OutputColumn {
  readonly column: string;
  readonly coarsening: Coarsening;
  /** Of a list: the values that may leave. */
  readonly values?: readonly string[];
}

/** A table to be made. Which columns others may know of a person, and which nobody may learn, decides what can leave. */
export interface TableRequest {
  readonly view: unknown;
  readonly format: TableFormat;
  /** Column with the patient's key. */
  readonly person: string;
  readonly known: readonly OutputColumn[];
  readonly sensitive: readonly OutputColumn[];
  /** For sets: how many of a hundred persons are in each. */
  readonly split?: SetSizes;
}

export type OutputRequest = TableRequest | OmopRequest;

export function isOmop(request: OutputRequest): request is OmopRequest {
  return 'model' in request;
}

/** What holders are asked for an output, in this order. */
export function viewsOf(request: OutputRequest, { datasets }: Permit): readonly unknown[] {
  return isOmop(request) ? omopViewsFor(datasets).map(({ view }) => view) : [request.view];
}

/** The view, and its column, that says who is still there. */
export function presenceOf(request: OutputRequest): { readonly view: unknown; readonly person: string } {
  return isOmop(request) ? personView : { view: request.view, person: request.person };
}

const MOST_KNOWN = 6;
const MOST_VALUES = 500;
/** Codes of letters and digits whose beginning is their group, as those of ICD-10 and ATC. */
const CODE = /^[A-Z][0-9A-Z]{1,7}(\.[0-9A-Z]{1,4})?$/;
const CODE_LENGTHS = [5, 4, 3, 1];

/** @throws Failure('malformed' | 'invalid' | 'forbidden') */
export function readOutputRequest(body: unknown, permit: Permit): OutputRequest {
  const { format = 'csv', ...members } = membersOf(body);
  if (!isOneOf(tableFormats, format)) throw malformed('format');
  switch (permit.outputKind) {
    case 'counts':
      throw new Failure('forbidden', 'The permit is for counts, not for tables');
    case 'omop':
      return { ...readOmopRequest(members), format };
    case 'ai-sets':
      return { ...readTable(members, format, permit), split: readSetSizes(members['split']) };
    default:
      return readTable(members, format, permit);
  }
}

function readTable(
  { view, person, known = [], sensitive = [] }: Readonly<Record<string, unknown>>,
  format: TableFormat,
  { datasets }: Permit,
): TableRequest {
  if (typeof person !== 'string') throw malformed('person');
  const columns = columnsOf(
    view,
    datasets.map(({ type }) => type),
  );
  const request = {
    view,
    format,
    person,
    known: readColumns(known, 'known'),
    sensitive: readColumns(sensitive, 'sensitive'),
  };
  if (request.known.length > MOST_KNOWN) throw malformed('known');
  const named = [person, ...[...request.known, ...request.sensitive].map(({ column }) => column)];
  if (new Set(named).size !== named.length || named.some((name) => !columns.includes(name)))
    throw new Failure('invalid', 'person, known and sensitive name columns of the view, each once');
  return request;
}

export function releaseColumnsOf({ known, sensitive }: TableRequest): ReleaseColumns {
  const withHierarchy = (column: OutputColumn) => ({
    column: column.column,
    hierarchy: hierarchyOf(column),
  });
  return { known: known.map(withHierarchy), sensitive: sensitive.map(withHierarchy) };
}

function hierarchyOf({ coarsening, values = [] }: OutputColumn): Hierarchy {
  switch (coarsening) {
    case 'age':
      return ageHierarchy();
    case 'postcode':
      return postcodeHierarchy();
    case 'date':
      return dateHierarchy();
    case 'code-prefix':
      return prefixHierarchy(CODE, CODE_LENGTHS);
    case 'list':
      return listHierarchy(values);
  }
}

function columnsOf(view: unknown, types: readonly string[]): string[] {
  try {
    const plan = planView(view);
    if (!types.includes(plan.resourceType))
      throw new Failure('forbidden', 'The permit gives no data of this type of resource');
    return plan.columns.map(({ name }) => name);
  } catch (cause) {
    if (!(cause instanceof InvalidViewError)) throw cause;
    const issues = [{ text: cause.message, expression: cause.at }];
    throw new Failure('invalid', cause.message, { issues, cause });
  }
}

function readColumns(value: unknown, name: string): OutputColumn[] {
  if (!Array.isArray(value)) throw malformed(name);
  return value.map((each: unknown) => {
    const { column, coarsening, values } = membersOf(each);
    if (typeof column !== 'string' || !isOneOf(coarsenings, coarsening)) throw malformed(name);
    if (coarsening !== 'list') return { column, coarsening };
    if (!Array.isArray(values) || values.length > MOST_VALUES) throw malformed(`${name}.values`);
    const texts = values.filter((text): text is string => typeof text === 'string' && text.length <= 64);
    if (texts.length !== values.length) throw malformed(`${name}.values`);
    return { column, coarsening, values: texts };
  });
}
