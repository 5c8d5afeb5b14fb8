/** Beyond this many, a list of paths tells nobody more. */
const MOST_PATHS = 100;

/**
 * Where two resources differ, as FHIRPath (`name[0].family`): paths only, never a value. What names the exchange and not the
 * content (version, time, message) is left aside.
 */
export function changedElements(before: unknown, after: unknown): string[] {
  const paths: string[] = [];
  collect(before, after, '', paths);
  return paths.filter((path) => !exchange.has(path)).slice(0, MOST_PATHS);
}

const exchange = new Set(['meta.versionId', 'meta.lastUpdated', 'meta.source']);

function collect(before: unknown, after: unknown, path: string, paths: string[]): void {
  if (paths.length > MOST_PATHS || JSON.stringify(before) === JSON.stringify(after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1)
      collect(before[index], after[index], `${path}[${String(index)}]`, paths);
    return;
  }
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)]))
      collect(before[name], after[name], path === '' ? name : `${path}.${name}`, paths);
    return;
  }
  paths.push(path);
}

/** Decimals as written (`ExactDecimal`) have text of their own and no elements: they are values. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    JSON.stringify(value).startsWith('{')
  );
}
