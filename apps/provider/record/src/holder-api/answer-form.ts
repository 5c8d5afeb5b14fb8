import { Failure } from '@samenhang/errors';
import type { SearchParameter } from '@samenhang/fhir-http';
import { supportingTypes } from '../resources/record-resources.js';
import { findHolderDefinition, isFollowed } from './holder-definitions.js';
import { readCount } from './search-conditions.js';
import { readShape, type Shape } from './shape-resource.js';
import { readSortOrder, type SortKey } from './sort-order.js';

/** A reference to follow, forwards from `source` or back to it. */
export interface Inclusion {
  readonly source: string;
  readonly name: string;
  readonly target: string | undefined;
  /** From what came along as well. */
  readonly iterate: boolean;
}

/** How the answer to a search is given. */
export interface AnswerForm {
  readonly count: number;
  readonly sort: readonly SortKey[];
  readonly shape: Shape;
  /** Whether the number of matches is counted; else it is told only when the first page holds them all. */
  readonly total: 'counted' | 'known' | 'none';
  readonly includes: readonly Inclusion[];
  readonly revIncludes: readonly Inclusion[];
  /** Types that may come along, or that criteria look at: what they need is decided together with what is searched. */
  readonly alongTypes: readonly string[];
  /** Of each code only so many, the newest (`Observation/$lastn`). */
  readonly newestOfCode?: number;
}

/**
 * @returns the form, and what of it is asked but not done
 * @throws Failure('malformed')
 */
export function readAnswerForm(
  type: string,
  parameters: readonly SearchParameter[],
  reached: readonly string[],
  newestOfCode?: number,
): { form: AnswerForm; ignored: readonly string[] } {
  const { keys: sort, ignored } = readSortOrder(type, parameters);
  const includes = inclusionsOf(parameters, '_include');
  const revIncludes = inclusionsOf(parameters, '_revinclude');
  const shape = readShape(parameters);
  const form: AnswerForm = {
    count: readCount(parameters),
    sort,
    shape,
    total: readTotal(parameters),
    includes,
    revIncludes,
    alongTypes: alongTypesOf(includes, revIncludes, reached),
    ...(newestOfCode === undefined ? {} : { newestOfCode }),
  };
  const strange = includes.filter(({ source, name }) => !isFollowed(`${source}:${name}`));
  return {
    form,
    ignored: [
      ...ignored.map((name) => `_sort=${name}`),
      ...strange.map(({ source, name }) => `_include=${source}:${name}`),
    ],
  };
}

function inclusionsOf(parameters: readonly SearchParameter[], kind: string): Inclusion[] {
  return parameters
    .filter(({ name }) => name === kind)
    .flatMap(({ values, modifier }) =>
      values.map((value) => {
        const [source = '', name = '', target] = value.split(':');
        return { source, name, target, iterate: modifier === 'iterate' };
      }),
    );
}

/** Types of facts that inclusions could bring; supporting types need no decision. */
function alongTypesOf(
  includes: readonly Inclusion[],
  revIncludes: readonly Inclusion[],
  reached: readonly string[],
): string[] {
  const forward = includes.flatMap(({ source, name, target }) => {
    if (target !== undefined) return [target];
    const parameter = findHolderDefinition(source)?.searchParameters.find((each) => each.name === name);
    return parameter?.targets ?? [];
  });
  const all = [...forward, ...revIncludes.map(({ source }) => source), ...reached];
  return [...new Set(all)].filter((type) => !supportingTypes.has(type)).sort();
}

function readTotal(parameters: readonly SearchParameter[]): AnswerForm['total'] {
  const text = parameters.find(({ name }) => name === '_total')?.values[0];
  if (parameters.some(({ name, values }) => name === '_summary' && values[0] === 'count')) return 'counted';
  switch (text) {
    case undefined:
      return 'known';
    case 'none':
      return 'none';
    case 'accurate':
    case 'estimate':
      return 'counted';
    default:
      throw new Failure('malformed', '_total is none, estimate or accurate');
  }
}
