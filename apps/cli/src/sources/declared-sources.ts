import { findSourceId, findUra, type SourceId, type Ura } from '@samenhang/data-model';
import { isMap, isNode, LineCounter, parseAllDocuments, type Document } from 'yaml';

/** Something that is wrong with a file, at its line. */
export interface FileProblem {
  readonly file: string;
  readonly line: number;
  /** Path within the document, such as `pull.baseUrl`. */
  readonly path: string;
  readonly text: string;
}

/** What a file says of a source, whether or not it names it well. */
export interface Declaration {
  readonly file: string;
  /** As the service takes it: what the file says of the source, without tenant and id. */
  readonly declaration: Readonly<Record<string, unknown>>;
  /** The line of what a path names, or of what it is missing from. */
  lineOf(path: string): number;
}

/** A source as a file declares it. */
export interface DeclaredSource extends Declaration {
  readonly tenant: Ura;
  readonly sourceId: SourceId;
}

export interface DeclaredSources {
  readonly sources: readonly DeclaredSource[];
  /** Those without a good tenant or id, so that the rest of them can be checked as well. */
  readonly unnamed: readonly Declaration[];
  readonly problems: readonly FileProblem[];
}

/** The sources that a YAML file declares, one in each of its documents, and everything that is wrong with it. */
export function parseDeclaredSources(text: string, file: string): DeclaredSources {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines });
  const sources: DeclaredSource[] = [];
  const unnamed: Declaration[] = [];
  const problems: FileProblem[] = [];
  const documents = Array.isArray(parsed) ? parsed.filter(({ contents }) => contents !== null) : [];
  for (const document of documents) {
    for (const error of document.errors)
      problems.push({
        file,
        line: lines.linePos(error.pos[0]).line,
        path: '',
        text: `not valid YAML: ${error.message.split(/ at line|\n/, 1)[0] ?? ''}`,
      });
    if (document.errors.length > 0) continue;
    const result = readDocument(document, file, lines);
    problems.push(...result.problems);
    if (result.source !== undefined) sources.push(result.source);
    if (result.unnamed !== undefined) unnamed.push(result.unnamed);
  }
  if (documents.length === 0 && problems.length === 0)
    problems.push({ file, line: 1, path: '', text: 'declares no source' });
  return { sources, unnamed, problems };
}

function readDocument(
  document: Document,
  file: string,
  lines: LineCounter,
): { source?: DeclaredSource; unnamed?: Declaration; problems: FileProblem[] } {
  const lineOf = (path: string): number => lineOfPath(document, path, lines);
  const problems: FileProblem[] = [];
  const wrong = (path: string, text: string): void =>
    void problems.push({ file, line: lineOf(path), path, text });
  if (!isMap(document.contents)) {
    wrong('', 'must be a mapping with tenant, sourceId, kind, displayName and settings');
    return { problems };
  }
  const stated = valueOf(document);
  if (stated === undefined) {
    wrong('', 'not valid YAML: an alias (*) names no anchor before it, or they repeat too much');
    return { problems };
  }
  const { tenant: ura, sourceId: id, ...declaration } = stated;
  const tenant = typeof ura === 'string' ? findUra(ura) : undefined;
  if (tenant === undefined) wrong('tenant', 'must be a URA: 8 digits, in quotes');
  const sourceId = typeof id === 'string' ? findSourceId(id) : undefined;
  if (sourceId === undefined) wrong('sourceId', 'must be lower-case letters, digits and hyphens, at most 63');
  if (tenant === undefined || sourceId === undefined)
    return { unnamed: { file, declaration, lineOf }, problems };
  return { source: { file, tenant, sourceId, declaration, lineOf }, problems };
}

/** Undefined where aliases cannot be resolved: that shows only when the values are made (YAML 1.2.2, section 7.1). */
function valueOf(document: Document): Record<string, unknown> | undefined {
  try {
    return document.toJS() as Record<string, unknown>;
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** Of a property that is absent, the line of what should hold it. */
function lineOfPath(document: Document, path: string, lines: LineCounter): number {
  const steps = path.split(/\.|\[['"]?|['"]?\]/).filter((step) => step !== '');
  for (let length = steps.length; length >= 0; length--) {
    const start = startOf(document, steps.slice(0, length));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return 1;
}

function startOf(document: Document, steps: readonly string[]): number | undefined {
  const keys = steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const last = keys.at(-1);
  const parent: unknown = keys.length === 0 ? undefined : document.getIn(keys.slice(0, -1), true);
  // The line of the name says more than that of its value, which may begin below it.
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === String(last)) : undefined;
  if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
  const node: unknown = keys.length === 0 ? document.contents : document.getIn(keys, true);
  return isNode(node) ? node.range?.[0] : undefined;
}
