import { createHash } from 'node:crypto';
import { Failure } from '@samenhang/errors';
import type { Dataset, PermitTerms } from '@samenhang/secondary-use';
import { InvalidViewError, planView, type ViewPlan } from '@samenhang/sql-on-fhir';
import { readTableFormat, type TableForm } from './table-form.js';
import { mostColumns } from './view-rows.js';

/** A question to this holder: the view and, signed, the permit under which it is asked. */
export interface RunRequest {
  readonly view: unknown;
  readonly permit: string;
  /** As a table; without it as lines for whoever gave the permit, who learns the pseudonyms from them. */
  readonly table?: TableForm;
  readonly limit?: number;
}

interface Parameter {
  readonly name?: unknown;
  readonly resource?: unknown;
  readonly valueString?: unknown;
  readonly valueCode?: unknown;
  readonly valueBoolean?: unknown;
  readonly valueInteger?: unknown;
}

const taken = ['viewResource', 'permit', '_format', 'header', '_limit'];

/**
 * FHIR Parameters of `$run` (SQL on FHIR v2): `viewResource`, `_format`, `header`, `_limit`; and `permit`.
 * @throws Failure('malformed')
 */
export function readRunRequest(body: unknown): RunRequest {
  const { resourceType, parameter } = (body ?? {}) as { resourceType?: unknown; parameter?: unknown };
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw new Failure('malformed', 'Parameters with viewResource and permit are expected');
  const given = new Map(
    (parameter as readonly Parameter[]).map((each) => [
      each.name,
      each.resource ?? each.valueString ?? each.valueCode ?? each.valueBoolean ?? each.valueInteger,
    ]),
  );
  const unknown = [...given.keys()].find((name) => !taken.some((known) => known === name));
  if (unknown !== undefined || given.size !== parameter.length)
    throw new Failure('malformed', `Only ${taken.join(', ')} are taken, once each`);
  const [view, permit] = [given.get('viewResource'), given.get('permit')];
  if (typeof view !== 'object' || view === null)
    throw new Failure('malformed', 'The parameter viewResource is a ViewDefinition');
  if (typeof permit !== 'string') throw new Failure('malformed', 'The parameter permit is a text');
  const [format, header = true, limit] = [given.get('_format'), given.get('header'), given.get('_limit')];
  if (typeof header !== 'boolean') throw new Failure('malformed', 'header is a boolean');
  if (format !== undefined && typeof format !== 'string')
    throw new Failure('malformed', 'The parameter _format is a code');
  if (limit !== undefined && !(typeof limit === 'number' && Number.isInteger(limit) && limit > 0))
    throw new Failure('malformed', '_limit is a number of rows');
  return {
    view,
    permit,
    ...(format === undefined ? {} : { table: { format: readTableFormat(format), header } }),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** The plan of a view that the permit has a dataset for. @throws Failure('invalid' | 'forbidden') */
export function planPermitted(
  view: unknown,
  { datasets }: PermitTerms,
): { plan: ViewPlan; dataset: Dataset } {
  const plan = planned(view);
  const dataset = datasets.find(({ type }) => type === plan.resourceType);
  if (dataset === undefined)
    throw new Failure('forbidden', 'The permit gives no data of this type of resource');
  if (plan.columns.length > mostColumns)
    throw new Failure('invalid', `A holder gives at most ${mostColumns} columns`);
  return { plan, dataset };
}

function planned(view: unknown): ViewPlan {
  try {
    return planView(view);
  } catch (cause) {
    if (!(cause instanceof InvalidViewError)) throw cause;
    throw new Failure('invalid', cause.message, {
      issues: [{ text: cause.message, expression: cause.at }],
      cause,
    });
  }
}

/** What the audit trail calls a view, whose texts may say anything. */
export function fingerprintOf(view: unknown): string {
  return createHash('sha256').update(JSON.stringify(view)).digest('hex').slice(0, 16);
}
