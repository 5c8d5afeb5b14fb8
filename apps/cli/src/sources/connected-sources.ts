import type { Installation } from '../installation/installation.js';
import { OrganisationApi, organisationsOf } from '../installation/organisation-api.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { atOwner, pathOf, type SourceView } from './source-owner.js';

export interface SourceOptions {
  readonly organisation?: string;
  readonly json?: boolean;
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
    printTable(
      terminal,
      ['ORGANISATION', 'SOURCE', 'KIND', 'STATE', 'NAME', 'REASON'],
      found.map(({ tenant, id, kind, state, displayName, reason }) => [
        tenant,
        id,
        kind,
        state,
        displayName,
        reason ?? '',
      ]),
    );
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
    printTable(
      terminal,
      ['STEP', 'RESULT', 'DETAIL'],
      answer.steps.map(({ step, ok, detail }) => [step, ok ? 'ok' : 'FAILED', detail]),
    );
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
    printTable(
      terminal,
      ['NAME', 'STATE', 'RECORDS', 'STORED', 'BEFORE', 'REFUSED', 'SINCE', 'REASON'],
      rows,
    );
  }
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
