import { readFile } from 'node:fs/promises';
import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { CommandFailure, usage } from '../command-failure.js';
import {
  parseDeclaredSources,
  type Declaration,
  type DeclaredSource,
  type FileProblem,
} from '../declared-sources.js';
import type { Installation } from '../installation.js';
import { OrganisationApi, organisationsOf } from '../organisation-api.js';
import type { Terminal } from '../terminal.js';
import { textTable } from '../text-table.js';

export interface FileOptions {
  readonly json?: boolean;
}

export interface SourceOptions {
  readonly organisation?: string;
  readonly json?: boolean;
}

export interface SecretOptions extends SourceOptions {
  readonly secretFile: string;
}

interface SourceView {
  readonly tenant: string;
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly displayName: string;
  readonly reason?: string;
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

export async function listSources(
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const found: SourceView[] = [];
  for (const organisation of organisationsOf(options, installation))
    found.push(
      ...(await api.ask<{ sources: SourceView[] }>(organisation, 'GET', `/tenants/${organisation}/sources`))
        .sources,
    );
  if (options.json === true) terminal.print(JSON.stringify({ sources: found }));
  else if (found.length === 0) terminal.print('No source is declared.');
  else
    for (const line of textTable(
      ['ORGANISATION', 'SOURCE', 'KIND', 'STATE', 'NAME', 'REASON'],
      found.map(({ tenant, id, kind, state, displayName, reason }) => [
        tenant,
        id,
        kind,
        state,
        displayName,
        reason ?? '',
      ]),
    ))
      terminal.print(line);
  return 0;
}

export async function showSource(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { view } = await atOwner(id, options, installation);
  terminal.print(JSON.stringify(view, null, options.json === true ? 0 : 2));
  return 0;
}

/** Exit code 1 when a step fails. */
export async function testSource(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  const answer = await api.ask<{ ok: boolean; steps: { step: string; ok: boolean; detail: string }[] }>(
    tenant,
    'POST',
    `${pathOf(tenant, id)}/test`,
  );
  if (options.json === true) terminal.print(JSON.stringify(answer));
  else
    for (const line of textTable(
      ['STEP', 'RESULT', 'DETAIL'],
      answer.steps.map(({ step, ok, detail }) => [step, ok ? 'ok' : 'FAILED', detail]),
    ))
      terminal.print(line);
  return answer.ok ? 0 : 1;
}

export function pauseSource(...parameters: Parameters<typeof showSource>): Promise<number> {
  return act('pause', 'Paused: no more messages are taken', ...parameters);
}

export function resumeSource(...parameters: Parameters<typeof showSource>): Promise<number> {
  return act('resume', 'Resumed where it stopped', ...parameters);
}

export async function removeSource(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  await api.ask(tenant, 'DELETE', pathOf(tenant, id));
  terminal.print(
    options.json === true
      ? JSON.stringify({ removed: id })
      : 'Removed, with its credentials. Its messages, quarantine and progress stay: declared again, it goes on where it was.',
  );
  return 0;
}

export async function listDeliveries(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  const answer = await api.ask<{ deliveries: Record<string, unknown>[] }>(
    tenant,
    'GET',
    `${pathOf(tenant, id)}/deliveries`,
  );
  if (options.json === true) terminal.print(JSON.stringify(answer));
  else if (answer.deliveries.length === 0) terminal.print('Nothing has been delivered.');
  else {
    const columns = [
      'name',
      'state',
      'readRecords',
      'accepted',
      'duplicates',
      'refused',
      'startedAt',
      'reason',
    ];
    const rows = answer.deliveries.map((delivery) => columns.map((column) => String(delivery[column] ?? '')));
    for (const line of textTable(
      ['NAME', 'STATE', 'RECORDS', 'STORED', 'BEFORE', 'REFUSED', 'SINCE', 'REASON'],
      rows,
    ))
      terminal.print(line);
  }
  return 0;
}

/** May be given before the source is declared: then the care provider must be named. */
export async function setSecret(
  id: string,
  name: string,
  options: SecretOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const text = await readSecret(options.secretFile, terminal);
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const owners = organisationsOf(options, installation);
  const [only] = owners;
  const tenant =
    only !== undefined && owners.length === 1 ? only : (await atOwner(id, options, installation)).tenant;
  await api.ask(tenant, 'PUT', `${pathOf(tenant, id)}/secrets/${encodeURIComponent(name)}`, {
    type: 'text/plain',
    text,
  });
  terminal.print(options.json === true ? JSON.stringify({ secret: name }) : `Secret ${name} of ${id} is set`);
  return 0;
}

export async function listSecrets(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  const answer = await api.ask<{ secrets: { name: string; changedAt: string }[] }>(
    tenant,
    'GET',
    `${pathOf(tenant, id)}/secrets`,
  );
  if (options.json === true) terminal.print(JSON.stringify(answer));
  else for (const { name, changedAt } of answer.secrets) terminal.print(`${name}  ${changedAt}`);
  return 0;
}

export async function removeSecret(
  id: string,
  name: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  await api.ask(tenant, 'DELETE', `${pathOf(tenant, id)}/secrets/${encodeURIComponent(name)}`);
  terminal.print(
    options.json === true ? JSON.stringify({ removed: name }) : `Secret ${name} of ${id} is forgotten`,
  );
  return 0;
}

async function act(
  verb: 'pause' | 'resume',
  text: string,
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  const view = await api.ask<SourceView>(tenant, 'POST', `${pathOf(tenant, id)}/${verb}`);
  terminal.print(options.json === true ? JSON.stringify(view) : text);
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

/** A care provider sees its own sources only: without --organisation the owner is looked for. */
async function atOwner(
  id: string,
  options: SourceOptions,
  installation: Installation,
): Promise<{ api: OrganisationApi; tenant: Ura; view: SourceView }> {
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const found: { api: OrganisationApi; tenant: Ura; view: SourceView }[] = [];
  for (const tenant of organisationsOf(options, installation)) {
    try {
      found.push({ api, tenant, view: await api.ask<SourceView>(tenant, 'GET', pathOf(tenant, id)) });
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    }
  }
  const [first] = found;
  if (first === undefined) throw new CommandFailure(`There is no source ${id}`);
  if (found.length > 1)
    throw usage(
      `Several care providers have a source ${id} (${found.map(({ tenant }) => tenant).join(', ')}): name one with --organisation`,
    );
  return first;
}

function pathOf(tenant: string, id: string): string {
  return `/tenants/${tenant}/sources/${encodeURIComponent(id)}`;
}

async function readSecret(file: string, terminal: Terminal): Promise<string> {
  if (file !== '-')
    return (
      await readFile(file, 'utf8').catch(() => {
        throw usage(`${file} cannot be read`);
      })
    ).trimEnd();
  const chunks: Buffer[] = [];
  for await (const chunk of terminal.input as AsyncIterable<Buffer | string>) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8').trimEnd();
}
