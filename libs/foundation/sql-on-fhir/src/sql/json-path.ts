import type { Term } from '../fhirpath/term.js';
import { pathKey } from './quote.js';

/** A navigation that PostgreSQL's SQL/JSON path language does in one go: `path` on what `base` gives. */
export interface JsonPath {
  readonly base: Term;
  readonly path: string;
}

/**
 * Members of members, and filters that compare a member with a text: most of what views navigate. Lax mode takes a single
 * value for a list of one, so that `[*]` fits every step.
 */
export function jsonPathOf(term: Term): JsonPath | undefined {
  if (term.kind === 'filter') {
    const condition = conditionOf(term.criteria);
    const from = condition === undefined ? undefined : jsonPathOf(term.from);
    return from === undefined ? undefined : { base: from.base, path: `${from.path} ? (${condition ?? ''})` };
  }
  if (term.kind !== 'member') return undefined;
  const [property, ...others] = term.properties;
  if (property === undefined || others.length > 0) return undefined;
  const from = jsonPathOf(term.from) ?? { base: term.from, path: '$' };
  if (from.base.many) return undefined;
  return { base: from.base, path: `${from.path}${pathKey(property)}[*] ? (@ != null)` };
}

/** `use = 'official'`, and several of them joined by `and` and `or`. */
function conditionOf(criteria: Term): string | undefined {
  if (criteria.kind === 'logic' && (criteria.operator === 'and' || criteria.operator === 'or')) {
    const [left, right] = [conditionOf(criteria.left), conditionOf(criteria.right)];
    if (left === undefined || right === undefined) return undefined;
    return `(${left}) ${criteria.operator === 'and' ? '&&' : '||'} (${right})`;
  }
  if (criteria.kind !== 'equal' || criteria.negated || criteria.family !== 'text') return undefined;
  const { left, right } = criteria;
  if (left.kind !== 'member' || left.from.kind !== 'focus' || left.many) return undefined;
  if (right.kind !== 'literal' || right.value.family !== 'text') return undefined;
  const [property, ...others] = left.properties;
  if (property === undefined || others.length > 0) return undefined;
  return `@${pathKey(property)} == ${JSON.stringify(right.value.text)}`;
}
