import { isExactDecimal } from '@samenhang/fhir-r4';

const PATH = /^[a-z][A-Za-z0-9]*(?:\[\d{1,2}\])?(?:\.[a-z][A-Za-z0-9]*(?:\[\d{1,2}\])?)*$/;
const STEP = /^([A-Za-z0-9]+)(?:\[(\d+)\])?$/;

export function isElementPath(path: string): boolean {
  return PATH.test(path) && !/(?:^|\.)(?:resourceType|id|meta|constructor|prototype)(?:\.|\[|$)/.test(path);
}

type Tree = Record<string, unknown>;

/** Puts a value at a path, making the objects and lists on the way. */
export function setAt(target: Tree, path: string, value: unknown): void {
  const steps = path.split('.').flatMap((step) => {
    const [, name = step, index] = STEP.exec(step) ?? [];
    return index === undefined ? [name] : [name, Number(index)];
  });
  const last = steps.pop();
  if (last === undefined) return;
  let parent: Tree = target;
  for (const [position, step] of steps.entries()) {
    const next = steps[position + 1] ?? last;
    parent = (parent[step] ??= typeof next === 'number' ? [] : {}) as Tree;
  }
  parent[last] = value;
}

/** A list closes up where a row had no value for an entry. */
export function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== undefined).map(withoutGaps);
  if (typeof value !== 'object' || value === null || isExactDecimal(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutGaps(part)]));
}
