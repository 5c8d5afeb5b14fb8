import type { Installation } from '../installation/installation.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { idOf, readQuestion, ResearchApi, type ResearchOptions } from './research.js';

export interface GrantOptions extends ResearchOptions {
  readonly until: string;
}

interface Permit {
  readonly id: string;
  readonly requester: string;
  readonly title: string;
  readonly purpose: string;
  readonly outputKind: string;
  readonly status: string;
  readonly expiresAt?: string;
  readonly custodians: readonly string[];
  readonly dates: string;
  readonly period: { readonly from: string; readonly until: string };
  readonly datasets: readonly { readonly type: string; readonly elements: readonly string[] }[];
}

export async function applyForPermit(
  file: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const application = await readQuestion(file, terminal);
  const api = new ResearchApi(options, installation, 'research:use');
  return show([await api.post<Permit>('/permits', application)], options, terminal);
}

export async function listPermits(
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:use');
  return show((await api.get<{ permits: Permit[] }>('/permits')).permits, options, terminal);
}

export async function showPermit(
  id: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:use');
  const permit = await api.get<Permit>(`/permits/${idOf(id)}`);
  show([permit], options, terminal);
  if (options.json !== true) showTerms(permit, terminal);
  return 0;
}

/** All applications and permits, for those who decide on them. */
export async function listToAssess(
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:assess');
  return show((await api.get<{ permits: Permit[] }>('/assessment/permits')).permits, options, terminal);
}

export async function grantPermit(
  id: string,
  options: GrantOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const moment = new Date(options.until);
  if (Number.isNaN(moment.getTime())) throw usage('--until must be a date, such as 2027-12-31');
  const body = { expiresAt: moment.toISOString() };
  const api = new ResearchApi(options, installation, 'research:assess');
  const permit = await api.post<Permit>(`/assessment/permits/${idOf(id)}/grant`, body);
  if (options.json !== true)
    terminal.note(
      `Keys are still to be made: pseudonym keys add, for the scopes project-${permit.id} and counting-${permit.requester}`,
    );
  return show([permit], options, terminal);
}

export async function decideOnPermit(
  act: 'reject' | 'withdraw',
  id: string,
  options: ResearchOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new ResearchApi(options, installation, 'research:assess');
  return show([await api.post<Permit>(`/assessment/permits/${idOf(id)}/${act}`)], options, terminal);
}

function show(permits: readonly Permit[], { json }: ResearchOptions, terminal: Terminal): number {
  if (json === true) terminal.print(JSON.stringify({ permits }));
  else
    printTable(
      terminal,
      ['PERMIT', 'REQUESTER', 'STATUS', 'UNTIL', 'OUTPUT', 'PURPOSE', 'TITLE'],
      permits.map(({ id, requester, status, expiresAt, outputKind, purpose, title }) => [
        id,
        requester,
        status,
        expiresAt ?? '',
        outputKind,
        purpose,
        title,
      ]),
    );
  return 0;
}

function showTerms({ datasets, custodians, period, dates }: Permit, terminal: Terminal): void {
  terminal.print(`custodians  ${custodians.join(' ')}`);
  terminal.print(`period      ${period.from} until ${period.until}, dates by ${dates}`);
  for (const { type, elements } of datasets) terminal.print(`${type}  ${elements.join(' ')}`);
}
