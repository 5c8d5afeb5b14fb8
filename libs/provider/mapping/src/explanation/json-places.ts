import { isExactDecimal, parseExactJson } from '@samenhang/fhir-r4';
import { copyTree, isTree } from '../json-tree.js';
import type { EditableMessage, SourcePlace } from './source-place.js';

type Steps = readonly (string | number)[];

/** The leaves of a JSON message (FHIR, a row of a table), by the path to each; undefined when it cannot be read. */
export function readJsonPlaces(content: Buffer): EditableMessage | undefined {
  const root = parse(content);
  if (root === undefined) return undefined;
  const type = isTree(root) ? root['resourceType'] : undefined;
  const found: { steps: Steps; place: SourcePlace }[] = [];
  collect(root, [], (steps, text) => {
    const path = writePath(typeof type === 'string' ? type : '', steps);
    const group = steps[0] === 'entry' ? `entry[${String(steps[1])}]` : String(steps[0]);
    found.push({ steps, place: { path, group, text } });
  });
  return {
    places: found.map(({ place }) => place),
    write: (edits) => {
      const tree = copyTree(root);
      for (const [index, text] of edits) replace(tree, found[index]?.steps ?? [], text);
      return Buffer.from(JSON.stringify(closed(tree) ?? {}));
    },
  };
}

function parse(content: Buffer): unknown {
  try {
    return parseExactJson(content.toString('utf8').replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function collect(value: unknown, steps: Steps, add: (steps: Steps, text: string) => void): void {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) collect(item, [...steps, index], add);
  else if (isTree(value))
    for (const [name, part] of Object.entries(value)) collect(part, [...steps, name], add);
  else if (value !== null) add(steps, isExactDecimal(value) ? value.rawJSON : String(value));
}

function writePath(type: string, steps: Steps): string {
  const written = steps.map((step) => (typeof step === 'number' ? `[${String(step)}]` : `.${step}`)).join('');
  return type === '' ? written.replace(/^\./, '') : `${type}${written}`;
}

/** A text takes the place of a text; a number or a truth value becomes another of its kind where the text allows. */
function replace(tree: unknown, steps: Steps, text: string | undefined): void {
  const last = steps.at(-1);
  let parent = tree as Record<string | number, unknown>;
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string | number, unknown>;
  if (last === undefined) return;
  const known = parent[last];
  if (text === undefined || typeof known === 'string') parent[last] = text;
  else if (typeof known === 'boolean') parent[last] = !known;
  else parent[last] = Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Without what was taken out, and without what is empty by that. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(closed).filter((item) => item !== undefined);
    return items.length === 0 && value.length > 0 ? undefined : items;
  }
  if (!isTree(value)) return value;
  const parts = Object.entries(value)
    .map(([name, part]) => [name, closed(part)] as const)
    .filter(([, part]) => part !== undefined);
  return parts.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(parts);
}
