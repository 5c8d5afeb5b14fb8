import type { ValidationIssue } from '@samenhang/fhir-r4';
import { isObject, type JsonObject } from '@samenhang/fhir-server';
import { identifiersOf } from './patient-of-resource.js';

/**
 * Conditional creates and updates of a Bundle (FHIR R4 http.html#ccreate, #cond-update). The record knows a resource by
 * the source's id or identifier: whether it is there already needs no look-up, as long as the resource itself carries
 * what the condition names. Sent again, it is then the same resource; what does not say so would be another each time.
 */
export function checkConditions(bundle: unknown): ValidationIssue[] {
  if (!isObject(bundle) || bundle['resourceType'] !== 'Bundle') return [];
  const entries = Array.isArray(bundle['entry']) ? (bundle['entry'] as unknown[]) : [];
  return entries.flatMap((entry, index) => {
    if (!isObject(entry) || !isObject(entry['request'])) return [];
    const condition = conditionOf(entry['request']);
    if (condition === undefined) return [];
    const text = problemOf(condition, entry['resource']);
    const expression = `Bundle.entry[${String(index)}].request.${condition.element}`;
    return text === undefined ? [] : [{ severity: 'error', code: 'value', text, expression } as const];
  });
}

interface Condition {
  readonly element: 'ifNoneExist' | 'url';
  readonly query: URLSearchParams;
}

function conditionOf({ method, url, ifNoneExist }: JsonObject): Condition | undefined {
  if (typeof ifNoneExist === 'string')
    return { element: 'ifNoneExist', query: new URLSearchParams(ifNoneExist.replace(/^\?/, '')) };
  if ((method !== 'PUT' && method !== 'DELETE') || typeof url !== 'string') return undefined;
  const at = url.indexOf('?');
  return at === -1 ? undefined : { element: 'url', query: new URLSearchParams(url.slice(at)) };
}

function problemOf({ query }: Condition, resource: unknown): string | undefined {
  const [system, value, ...rest] = query.get('identifier')?.split('|') ?? [];
  if (
    [...query.keys()].length !== 1 ||
    system === undefined ||
    value === undefined ||
    value === '' ||
    rest.length > 0
  )
    return 'Only identifier=system|value is understood as a condition';
  // A deletion has no resource: which one it means is looked for among those that are known.
  if (!isObject(resource) || typeof resource['id'] === 'string') return undefined;
  const isCarried = identifiersOf(resource).some((one) => one.system === system && one.value === value);
  return isCarried ? undefined : 'The resource does not carry the identifier that the condition names';
}
