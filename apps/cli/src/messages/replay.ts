import { setTimeout as wait } from 'node:timers/promises';
import type { Ura } from '@samenhang/data-model';
import type { Installation } from '../installation/installation.js';
import { type OrganisationApi } from '../installation/organisation-api.js';
import { atOwner } from '../sources/source-owner.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface ReplayOptions {
  readonly source: string;
  readonly organisation?: string;
  readonly from?: string;
  readonly to?: string;
  readonly type?: string;
  readonly mappingVersion?: string;
  readonly mapBy?: string;
  readonly quarantined?: boolean;
  readonly accept?: readonly string[];
  readonly rate?: string;
  readonly limit?: string;
  readonly dryRun?: boolean;
  readonly tables?: string;
  readonly wait?: boolean;
  readonly json?: boolean;
}

interface Run {
  readonly id: string;
  readonly state: string;
  readonly replayed: number;
  readonly unreadable: number;
}

interface Difference {
  readonly messageId: string;
  readonly controlId: string | null;
  readonly outcome: string;
  readonly issues: readonly { readonly code: string; readonly location: string; readonly severity: string }[];
  readonly resources: readonly {
    readonly resourceType: string;
    readonly id: string;
    readonly action: string;
    readonly elements: readonly string[];
  }[];
}

interface Page {
  readonly selected: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly messages: readonly Difference[];
  readonly next?: number;
}

const POLL_MS = 500;
const DEFAULT_LIMIT = 1_000;

/** Sends messages of a source on again, or shows what that would change. Exit code 1 when some would be rejected. */
export async function replay(
  options: ReplayOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(options.source, options, installation);
  return options.dryRun === true
    ? preview(options, tenant, api, terminal)
    : start(options, tenant, api, terminal);
}

async function start(
  options: ReplayOptions,
  organisation: Ura,
  ingest: OrganisationApi,
  terminal: Terminal,
): Promise<number> {
  const rate = options.rate === undefined ? {} : { messagesPerSecond: wholeNumber('--rate', options.rate) };
  let run = await post<Run>(ingest, organisation, '/replays', { ...criteriaOf(options), ...rate });
  while (options.wait !== false && run.state === 'running') {
    await wait(POLL_MS);
    run = await ingest.ask<Run>(organisation, 'GET', `/replays/${run.id}`);
  }
  if (options.json === true) terminal.print(JSON.stringify(run));
  else
    terminal.print(
      `Replay ${run.id}: ${run.state}, ${String(run.replayed)} messages sent on, ${String(run.unreadable)} still not readable`,
    );
  return run.state === 'cancelled' ? 1 : 0;
}

async function preview(
  options: ReplayOptions,
  organisation: Ura,
  ingest: OrganisationApi,
  terminal: Terminal,
): Promise<number> {
  const limit = options.limit === undefined ? DEFAULT_LIMIT : wholeNumber('--limit', options.limit);
  const tables = options.tables === undefined ? {} : { tables: wholeNumber('--tables', options.tables) };
  const compared = await compare({ ...criteriaOf(options), ...tables }, limit, organisation, ingest);
  if (options.json === true)
    terminal.print(JSON.stringify({ ...compared, compared: compared.messages.length }));
  else printComparison(compared, terminal);
  return rejectedIn(compared) > 0 ? 1 : 0;
}

/** What a replay would change: as many messages as were asked for. */
export interface Comparison {
  readonly selected: number;
  readonly summary: Readonly<Record<string, number>>;
  readonly messages: readonly Difference[];
}

export function rejectedIn({ summary }: Comparison): number {
  return summary['rejected'] ?? 0;
}

export async function compare(
  order: object,
  limit: number,
  organisation: Ura,
  ingest: OrganisationApi,
): Promise<Comparison> {
  const summary: Record<string, number> = {};
  const messages: Difference[] = [];
  let selected = 0;
  for (let after: number | undefined = 0; after !== undefined && messages.length < limit;) {
    const body: object = { ...order, after, count: Math.min(50, limit - messages.length) };
    const page: Page = await post<Page>(ingest, organisation, '/replays/dry-run', body);
    selected = page.selected;
    messages.push(...page.messages);
    for (const [name, count] of Object.entries(page.summary)) summary[name] = (summary[name] ?? 0) + count;
    after = messages.length >= selected ? undefined : page.next;
  }
  return { selected, summary, messages };
}

export function printComparison({ messages, selected, summary }: Comparison, terminal: Terminal): void {
  const rows = messages.flatMap(rowsOf);
  if (rows.length > 0) printTable(terminal, ['MESSAGE', 'CONTROL ID', 'WHAT', 'RESOURCE', 'ELEMENTS'], rows);
  const counts = Object.entries(summary).map(([name, count]) => `${name} ${String(count)}`);
  terminal.print(`${String(messages.length)} of ${String(selected)} messages compared: ${counts.join(', ')}`);
}

function rowsOf({ messageId, controlId, outcome, issues, resources }: Difference): string[][] {
  const head = [messageId, controlId ?? ''];
  if (outcome === 'rejected')
    return [[...head, 'rejected', '', issues.map(({ code, location }) => `${code} ${location}`).join(', ')]];
  return resources
    .filter(({ action }) => action !== 'unchanged')
    .map(({ action, resourceType, id, elements }) => [
      ...head,
      action,
      `${resourceType}/${id}`,
      elements.join(', '),
    ]);
}

function criteriaOf(options: ReplayOptions): object {
  const { source, from, to, type, mappingVersion, mapBy, quarantined, accept } = options;
  return {
    source,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { until: to }),
    ...(type === undefined ? {} : { type }),
    ...(mappingVersion === undefined ? {} : { mappingVersion }),
    ...(mapBy === undefined ? {} : { mapBy }),
    ...(quarantined === true ? { quarantined } : {}),
    ...(accept === undefined ? {} : { accepting: accept }),
  };
}

function post<T>(ingest: OrganisationApi, organisation: Ura, path: string, body: object): Promise<T> {
  return ingest.ask<T>(organisation, 'POST', path, { type: 'application/json', text: JSON.stringify(body) });
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw usage(`${option} must be a whole number from 1`);
}
