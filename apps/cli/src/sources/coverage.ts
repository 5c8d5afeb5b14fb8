import type { Installation } from '../installation/installation.js';
import { type OrganisationApi } from '../installation/organisation-api.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { atOwner, pathOf } from './source-owner.js';

export interface CoverageOptions {
  readonly organisation?: string;
  readonly mappingVersion?: string;
  readonly from?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

interface Report {
  readonly source: string;
  readonly mapped: readonly {
    readonly mappingVersion: string;
    readonly messages: number;
    readonly firstDay: string;
    readonly lastDay: string;
  }[];
  readonly entries: readonly {
    readonly kind: string;
    readonly messageType: string;
    readonly path: string;
    readonly code: string | null;
    readonly used: number;
    readonly unused: number;
    readonly examples: readonly string[];
  }[];
  readonly next?: string;
}

/** Shows what the messages of a source carried and the mapping did not use, with counts and messages to look at. */
export async function showCoverage(
  source: string,
  options: CoverageOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(source, options, installation);
  const report = await readAll(api, tenant, `${pathOf(tenant, source)}/coverage?${queryOf(options)}`);
  if (options.json === true) {
    terminal.print(JSON.stringify(report));
    return 0;
  }
  for (const { mappingVersion, messages, firstDay, lastDay } of report.mapped)
    terminal.print(`Mapping ${mappingVersion}: ${String(messages)} messages, ${firstDay} to ${lastDay}`);
  if (report.entries.length === 0)
    terminal.print(options.all === true ? 'Nothing was counted.' : 'Everything that was carried is used.');
  else
    printTable(
      terminal,
      ['KIND', 'MESSAGE', 'PATH', 'CODE', 'USED', 'UNUSED', 'EXAMPLE'],
      report.entries.map(({ kind, messageType, path, code, used, unused, examples }) => [
        kind,
        messageType,
        path,
        code ?? '',
        String(used),
        String(unused),
        examples[0] ?? '',
      ]),
    );
  return 0;
}

function queryOf({ mappingVersion, from, to, all }: CoverageOptions): string {
  const query = new URLSearchParams();
  if (mappingVersion !== undefined) query.set('mappingVersion', mappingVersion);
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('until', to);
  if (all !== true) query.set('unused', 'true');
  return query.toString();
}

async function readAll(
  ingest: OrganisationApi,
  organisation: Parameters<OrganisationApi['ask']>[0],
  first: string,
): Promise<Report> {
  const report = await ingest.ask<Report>(organisation, 'GET', first);
  const entries = [...report.entries];
  for (let { next } = report; next !== undefined;) {
    const page: Report = await ingest.ask<Report>(organisation, 'GET', next);
    entries.push(...page.entries);
    next = page.next;
  }
  const { source, mapped } = report;
  return { source, mapped, entries };
}
