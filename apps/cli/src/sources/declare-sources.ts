import { readFile } from 'node:fs/promises';
import { Failure } from '@samenhang/errors';
import type { Installation } from '../installation/installation.js';
import { OrganisationApi } from '../installation/organisation-api.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import {
  parseDeclaredSources,
  type Declaration,
  type DeclaredSource,
  type FileProblem,
} from './declared-sources.js';
import { pathOf } from './source-owner.js';

export interface FileOptions {
  readonly json?: boolean;
}

/** Exit code 1 when something is wrong; each problem as `file:line: path text`. */
export async function validateSources(
  files: readonly string[],
  options: FileOptions,
  terminal: Terminal,
): Promise<number> {
  const { sources, problems } = await readFiles(files);
  if (options.json === true) terminal.print(JSON.stringify({ sources: sources.length, problems }));
  else report(problems, terminal);
  if (problems.length === 0 && options.json !== true)
    terminal.print(`${String(sources.length)} ${sources.length === 1 ? 'source' : 'sources'}, nothing wrong`);
  return problems.length === 0 ? 0 : 1;
}

/** Nothing is changed when one of the files is wrong. */
export async function applySources(
  files: readonly string[],
  options: FileOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { sources, problems } = await readFiles(files);
  if (problems.length > 0) {
    report(problems, terminal);
    return 1;
  }
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const asked = await Promise.all(sources.map((source) => send(api, source, 'validate')));
  const refused = asked.flat();
  if (refused.length > 0) {
    report(refused, terminal);
    return 1;
  }
  for (const source of sources) {
    const failed = await send(api, source, 'declare');
    if (failed.length > 0) {
      report(failed, terminal);
      return 1;
    }
    const { tenant, sourceId } = source;
    terminal.print(
      options.json === true ? JSON.stringify({ tenant, sourceId }) : `${tenant}/${sourceId} declared`,
    );
  }
  return 0;
}

async function readFiles(
  files: readonly string[],
): Promise<{ sources: DeclaredSource[]; problems: FileProblem[] }> {
  // The rules are those of the service itself; only who reads files has to wait for it to load.
  const { readSourceDeclaration } = await import('@samenhang/ingest');
  const sources: DeclaredSource[] = [];
  const problems: FileProblem[] = [];
  const lines = new Map<string, string>();
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => {
      throw usage(`${file} cannot be read`);
    });
    const parsed = parseDeclaredSources(text, file);
    problems.push(...parsed.problems);
    for (const unnamed of parsed.unnamed)
      problems.push(...problemsOf(unnamed, () => void readSourceDeclaration(unnamed.declaration)));
    for (const source of parsed.sources) {
      const name = `${source.tenant}/${source.sourceId}`;
      const place = `${file}:${String(source.lineOf('sourceId'))}`;
      const before = lines.get(name);
      if (before !== undefined) problems.push(at(source, 'sourceId', `is declared twice: also at ${before}`));
      lines.set(name, place);
      sources.push(source);
      problems.push(...problemsOf(source, () => void readSourceDeclaration(source.declaration)));
    }
  }
  return { sources, problems };
}

/** What the service says of a declaration, at the lines of the file. */
async function send(
  api: OrganisationApi,
  source: DeclaredSource,
  act: 'validate' | 'declare',
): Promise<FileProblem[]> {
  const path = pathOf(source.tenant, source.sourceId);
  const content = { type: 'application/json', text: JSON.stringify(source.declaration) };
  try {
    if (act === 'validate') await api.ask(source.tenant, 'POST', `${path}/validate`, content);
    else await api.ask(source.tenant, 'PUT', path, content);
    return [];
  } catch (error) {
    return problemsOf(source, () => {
      throw error;
    });
  }
}

function problemsOf(source: Declaration, check: () => void): FileProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.issues.map(({ expression = '', text }) => at(source, expression, text));
  }
}

function at(source: Declaration, path: string, text: string): FileProblem {
  return { file: source.file, line: source.lineOf(path), path, text };
}

function report(problems: readonly FileProblem[], terminal: Terminal): void {
  for (const { file, line, path, text } of problems)
    terminal.note(`${file}:${String(line)}: ${path === '' ? '' : `${path} `}${text}`);
}
