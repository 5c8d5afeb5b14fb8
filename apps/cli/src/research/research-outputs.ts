import type { Installation } from '../installation/installation.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import {
  idOf,
  keepFile,
  readQuestion,
  ResearchApi,
  tellMissing,
  type HolderOutcome,
  type ResearchOptions,
} from './research.js';

export interface CountOptions extends ResearchOptions {
  readonly where: readonly string[];
}

export interface DownloadOptions extends ResearchOptions {
  readonly to: string;
  /** Of an output of several. */
  readonly file?: string;
}

export interface SearchOptions extends ResearchOptions {
  readonly pseudonym: string;
}

interface Count {
  readonly kind: string;
  readonly count?: number;
  readonly holders: readonly HolderOutcome[];
}

interface Output {
  readonly id: string;
  readonly permitId: string;
  readonly status: string;
  readonly holders: readonly HolderOutcome[];
  readonly report?: Readonly<Record<string, unknown>>;
  readonly problem?: string;
  readonly createdAt: string;
}

/** Exit code 1 when there is no count, or a holder is missing from it. */
export async function countPersons(
  permit: string,
  options: CountOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const conditions = options.where.map((text) => {
    const at = text.indexOf('=');
    if (at < 1) throw usage('--where must be a dimension and a value, such as gender=female');
    return { dimension: text.slice(0, at), value: text.slice(at + 1) };
  });
  const api = new ResearchApi(options, installation, 'research:use');
  const answer = await api.post<Count>(`/permits/${idOf(permit)}/counts`, { conditions });
  terminal.print(options.json === true ? JSON.stringify(answer) : String(answer.count ?? answer.kind));
  const isMissing = tellMissing(answer.holders, terminal);
  return answer.kind === 'count' && !isMissing ? 0 : 1;
}

export async function requestOutput(
  permit: string,
  file: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const request = await readQuestion(file, terminal);
  const api = new ResearchApi(options, installation, 'research:use');
  return show([await api.post<Output>(`/permits/${idOf(permit)}/outputs`, request)], options, terminal);
}

export async function listOutputs(
  permit: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:use');
  const { outputs } = await api.get<{ outputs: Output[] }>(`/permits/${idOf(permit)}/outputs`);
  return show(outputs, options, terminal);
}

/** With how each holder did, and the report. Exit code 1 when it could not be made or may not leave. */
export async function showOutput(
  id: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const output = await new ResearchApi(options, installation, 'research:use').get<Output>(
    `/outputs/${idOf(id)}`,
  );
  const exitCode = show([output], options, terminal);
  if (options.json === true) return exitCode;
  if (output.report !== undefined) terminal.print(JSON.stringify(output.report));
  if (output.problem !== undefined) terminal.note(output.problem);
  tellMissing(output.holders, terminal);
  return exitCode;
}

export async function downloadOutput(
  id: string,
  options: DownloadOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:use');
  await keepFile(options.to, await api.download(`/outputs/${idOf(id)}/${fileOf(options)}`), terminal);
  return 0;
}

/** What goes with a release has a place beside its files. */
function fileOf({ file }: DownloadOptions): string {
  if (file === undefined) return 'file';
  return ['manifest', 'signature', 'provenance'].includes(file) ? file : `files/${encodeURIComponent(file)}`;
}

/** What waits for somebody to look at it. */
export async function listToCheck(
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:check');
  return show((await api.get<{ outputs: Output[] }>('/checks/outputs')).outputs, options, terminal);
}

export async function downloadToCheck(
  id: string,
  options: DownloadOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:check');
  await keepFile(options.to, await api.download(`/checks/outputs/${idOf(id)}/${fileOf(options)}`), terminal);
  return 0;
}

export async function decideOnOutput(
  act: 'release' | 'refuse',
  id: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:check');
  return show([await api.post<Output>(`/checks/outputs/${idOf(id)}/${act}`)], options, terminal);
}

/** In which releases a person is, by the pseudonym that the project has for that person. */
export async function findReleases(
  options: SearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:check');
  const { pseudonym } = options;
  const { releases } = await api.post<{
    releases: { id: string; permitId: string; releasedAt: string }[];
  }>('/checks/releases/_search', { pseudonym });
  if (options.json === true) terminal.print(JSON.stringify({ releases }));
  else
    printTable(
      terminal,
      ['OUTPUT', 'PERMIT', 'MADE'],
      releases.map(({ id, permitId, releasedAt }) => [id, permitId, releasedAt]),
    );
  return 0;
}

function show(outputs: readonly Output[], { json }: ResearchOptions, terminal: Terminal): number {
  if (json === true) terminal.print(JSON.stringify({ outputs }));
  else
    printTable(
      terminal,
      ['OUTPUT', 'PERMIT', 'STATUS', 'HOLDERS', 'ASKED'],
      outputs.map(({ id, permitId, status, holders, createdAt }) => [
        id,
        permitId,
        status,
        `${holders.filter((holder) => holder.status === 'ok').length} of ${holders.length}`,
        createdAt,
      ]),
    );
  return outputs.some(({ status }) => status === 'failed' || status === 'held') ? 1 : 0;
}
