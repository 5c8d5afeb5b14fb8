import { Failure } from '@samenhang/errors';
import type { PermitTerms } from '@samenhang/secondary-use';
import { planPermitted } from '../run-request.js';
import { readTableFormat } from '../table-form.js';
import type { ExportedType, ExportRequest } from './export-request.js';

/** A view to export, under the name of its output. */
export interface NamedView {
  readonly name: string;
  readonly view: unknown;
}

interface Parameter {
  readonly name?: unknown;
  readonly valueString?: unknown;
  readonly valueCode?: unknown;
  readonly valueInstant?: unknown;
  readonly valueUri?: unknown;
  readonly valueBoolean?: unknown;
  readonly resource?: unknown;
  readonly part?: unknown;
}

const MOST_VIEWS = 20;
const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2}))?$/;

const taken = ['view', '_format', 'header', '_since', 'permit'];

/**
 * Parameters of `$viewdefinition-export` (SQL on FHIR v2): `view` (`name`, `viewResource`), `_format`, `header`, `_since`; and
 * `permit`.
 * @throws Failure('malformed')
 */
export function readViewExportRequest(body: unknown): { request: ExportRequest; permit: string } {
  const { resourceType, parameter } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Failure('malformed', 'Parameters with views and a permit are expected');
  const given = parameter as readonly Parameter[];
  const unknown = given.find(({ name }) => !taken.includes(String(name)));
  if (unknown !== undefined) throw new Failure('malformed', `Taken are ${taken.join(', ')}`);
  const format = textOf(given, '_format');
  const header = given.find(({ name }) => name === 'header')?.valueBoolean ?? true;
  if (typeof header !== 'boolean') throw new Failure('malformed', 'header is a boolean');
  const since = textOf(given, '_since');
  if (since !== undefined && !MOMENT.test(since)) throw new Failure('malformed', '_since is a moment');
  const permit = textOf(given, 'permit');
  if (permit === undefined) throw new Failure('malformed', 'One permit is expected');
  const views = given.filter(({ name }) => name === 'view').map(readView);
  if (views.length === 0 || views.length > MOST_VIEWS)
    throw new Failure('malformed', `One to ${MOST_VIEWS} views are expected`);
  if (new Set(views.map(({ name }) => name)).size < views.length)
    throw new Failure('malformed', 'Each view has a name of its own');
  const request = {
    level: 'view',
    views,
    ...(since === undefined ? {} : { since }),
    ...(format === undefined ? {} : { format: readTableFormat(format) }),
    ...(header ? {} : { header }),
  } as const;
  return { request, permit };
}

/** @throws Failure('invalid' | 'forbidden') */
export function planViewExport({ views = [], since }: ExportRequest, terms: PermitTerms): ExportedType[] {
  return views.map(({ name, view }) => {
    const { plan, dataset } = planPermitted(view, terms);
    const where = since === undefined ? [] : [`r.last_updated >= '${since}'::timestamptz`];
    return { dataset, where, view: { name, plan } };
  });
}

function readView({ part }: Parameter, place: number): NamedView {
  if (!Array.isArray(part)) throw new Failure('malformed', 'A view has parts');
  const parts = part as readonly Parameter[];
  const unknown = parts.find(({ name }) => name !== 'name' && name !== 'viewResource');
  if (unknown !== undefined) throw new Failure('malformed', 'A view has a name and a viewResource');
  const name = textOf(parts, 'name') ?? `view-${place + 1}`;
  if (!NAME.test(name)) throw new Failure('malformed', 'The name of a view is letters, digits, _ and -');
  const [view, ...more] = parts.filter((each) => each.name === 'viewResource');
  if (typeof view?.resource !== 'object' || view.resource === null || more.length > 0)
    throw new Failure('malformed', 'The parameter viewResource is a ViewDefinition');
  return { name, view: view.resource };
}

function textOf(parameters: readonly Parameter[], wanted: string): string | undefined {
  const [found, ...more] = parameters.filter(({ name }) => name === wanted);
  if (found === undefined) return undefined;
  const value = found.valueString ?? found.valueCode ?? found.valueInstant ?? found.valueUri;
  if (typeof value !== 'string' || more.length > 0)
    throw new Failure('malformed', `One ${wanted} is expected`);
  return value;
}
