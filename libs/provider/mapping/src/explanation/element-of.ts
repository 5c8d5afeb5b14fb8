import { isTree } from '../json-tree.js';

/** A step of a path: an element, by its place in a list where it repeats. */
interface Step {
  readonly name: string;
  readonly index: number | undefined;
}

const STEP = /^([A-Za-z_][A-Za-z0-9]*)(?:\[(\d{1,4})\]|\.first\(\))?$/;
const OF_TYPE = /^(?:ofType|as)\(([A-Za-z]+)\)$/;

/** The simple paths of FHIRPath: names, indexes, `first()`, `ofType()`, with or without the type of resource in front. */
export class ElementPath {
  private constructor(
    readonly text: string,
    private readonly steps: readonly Step[],
  ) {}

  static parse(text: string, resourceType: string): ElementPath | undefined {
    const steps: Step[] = [];
    const parts = text.replaceAll('.first()', '[0]').split('.');
    if (parts[0] === resourceType && parts.length > 1) parts.shift();
    for (const part of parts) {
      const type = OF_TYPE.exec(part)?.[1];
      const choice = type === undefined ? undefined : steps.pop();
      if (choice !== undefined && type !== undefined)
        steps.push({ ...choice, name: choice.name + type.charAt(0).toUpperCase() + type.slice(1) });
      else {
        const [, name, index] = STEP.exec(part) ?? [];
        if (name === undefined) return undefined;
        steps.push({ name, index: index === undefined ? undefined : Number(index) });
      }
    }
    return new ElementPath(text, steps);
  }

  /** What stands there, as JSON; undefined when nothing does. */
  find(resource: unknown): string | undefined {
    let values: readonly unknown[] = [resource];
    for (const step of this.steps) values = values.flatMap((value) => stepInto(value, step));
    return values.length === 0 ? undefined : JSON.stringify(values);
  }
}

function stepInto(value: unknown, { name, index }: Step): unknown[] {
  if (!isTree(value)) return [];
  const found = Object.hasOwn(value, name) ? value[name] : choiceOf(value, name);
  if (found === undefined) return [];
  const items: readonly unknown[] = Array.isArray(found) ? found : [found];
  return index === undefined ? [...items] : items.slice(index, index + 1);
}

/** `value` is `valueQuantity` in JSON. */
function choiceOf(value: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(value).find((own) => own.startsWith(name) && /^[A-Z]/.test(own.slice(name.length)));
  return key === undefined ? undefined : value[key];
}

/** Paths to all leaves of a resource. */
export function leafPaths(resource: unknown): string[] {
  const paths: string[] = [];
  collect(resource, '', paths);
  return paths;
}

function collect(value: unknown, path: string, paths: string[]): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) collect(item, `${path}[${String(index)}]`, paths);
  else if (isTree(value))
    for (const [name, part] of Object.entries(value))
      collect(part, path === '' ? name : `${path}.${name}`, paths);
  else paths.push(path);
}
