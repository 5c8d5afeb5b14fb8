import { isObject, type Check } from './compiled-type.js';

const LITERAL = /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** A Reference whose type shows, from its literal or its `type`, must point at a permitted type of resource. */
export function compileReference(
  check: Check,
  targets: readonly string[] | undefined,
  isResourceType: (name: string) => boolean,
): Check {
  if (targets === undefined) return check;
  const permitted = new Set(targets);
  return (value, findings) => {
    check(value, findings);
    if (!isObject(value)) return;
    const { reference, type } = value;
    const literal = typeof reference === 'string' ? LITERAL.exec(reference)?.[1] : undefined;
    if (literal !== undefined && isResourceType(literal) && !permitted.has(literal)) {
      findings.add('structure', 'A reference to this type of resource is not permitted here', 'reference');
    } else if (typeof type === 'string' && isResourceType(type) && !permitted.has(type)) {
      findings.add('structure', 'A reference to this type of resource is not permitted here', 'type');
    }
  };
}
