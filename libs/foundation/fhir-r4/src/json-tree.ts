import { isExactDecimal } from './exact-json.js';

/** A JSON object whose shape nobody has checked yet. */
export type Tree = Record<string, unknown>;

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactDecimal(value);
}

export function treeOf(value: unknown): Tree | undefined {
  return isTree(value) ? value : undefined;
}

export function treesOf(value: unknown): Tree[] {
  if (Array.isArray(value)) return value.filter(isTree);
  return isTree(value) ? [value] : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Moves a property with what stands beside it (`_name`). */
export function renameProperty(tree: Tree, from: string, to: string): void {
  for (const prefix of ['', '_']) {
    const value = tree[prefix + from];
    if (value === undefined) continue;
    delete tree[prefix + from];
    tree[prefix + to] ??= value;
  }
}

/** Codings of a CodeableConcept, a Coding or a list of either. */
export function codingsOf(value: unknown): Tree[] {
  return treesOf(value).flatMap((concept) => ('coding' in concept ? treesOf(concept['coding']) : [concept]));
}

export function hasCode(value: unknown, system: string, code: string): boolean {
  return codingsOf(value).some((coding) => coding['system'] === system && coding['code'] === code);
}

/** Takes an extension of a URL off an element. */
export function takeExtension(element: Tree, url: string, list = 'extension'): Tree | undefined {
  const extensions = treesOf(element[list]);
  const found = extensions.find((extension) => extension['url'] === url);
  if (found === undefined) return undefined;
  const rest = extensions.filter((extension) => extension !== found);
  if (rest.length === 0) delete element[list];
  else element[list] = rest;
  return found;
}

/** `structuredClone` that knows exact decimals. */
export function copyTree(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyTree);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyTree(part)]));
}

/** A CodeableConcept in words: its text, else the displays or codes of its codings. */
export function conceptText({ text, coding = [] }: ConceptInWords): string {
  if (text !== undefined) return text;
  return coding
    .map(({ display, code }) => display ?? code)
    .filter((word) => word !== undefined)
    .join(' / ');
}

export interface ConceptInWords {
  readonly text?: string | undefined;
  readonly coding?:
    readonly { readonly display?: string | undefined; readonly code?: string | undefined }[] | undefined;
}
