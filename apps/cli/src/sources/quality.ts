import type { Installation } from '../installation/installation.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { atOwner, pathOf } from './source-owner.js';

export interface QualityOptions {
  readonly organisation?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

interface Report {
  readonly messages: { readonly mapped: number; readonly quarantined: number };
  readonly retransmissions: { readonly messages: number; readonly files: number };
  readonly concepts: readonly {
    readonly resourceType: string;
    readonly concept: string;
    readonly present: number;
    readonly absent: number;
    readonly completeness: number;
    readonly examples: readonly string[];
  }[];
  readonly conformance: readonly {
    readonly resourceType: string;
    readonly inProfile: number;
    readonly onBase: Readonly<Record<string, number>>;
    readonly share: number;
  }[];
  readonly unmappedCodes: readonly { readonly system: string; readonly count: number }[];
  readonly delays: Readonly<Record<string, number>>;
  readonly repetitions: number;
}

/** Shows how good what a source delivers is: completeness, codes, conformance, delay. */
export async function showQuality(
  source: string,
  options: QualityOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { from, to } = options;
  const query = new URLSearchParams({
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { until: to }),
  });
  const { api, tenant } = await atOwner(source, options, installation);
  const report = await api.ask<Report>(
    tenant,
    'GET',
    `${pathOf(tenant, source)}/quality?${query.toString()}`,
  );
  if (options.json === true) terminal.print(JSON.stringify(report));
  else print(report, terminal);
  return 0;
}

function print(report: Report, terminal: Terminal): void {
  const { messages, retransmissions, concepts, conformance, unmappedCodes, delays, repetitions } = report;
  terminal.print(`${String(messages.mapped)} messages mapped, ${String(messages.quarantined)} in quarantine`);
  const again = Object.entries(retransmissions).flatMap(([what, count]) =>
    count > 0 ? `${String(count)} ${what}` : [],
  );
  if (again.length > 0) terminal.print(`Sent again: ${again.join(', ')}`);
  const list = Object.entries(delays).map(([delay, count]) => `${delay} ${String(count)}`);
  if (list.length > 0) terminal.print(`Under way: ${list.join(', ')}`);
  if (repetitions > 0) terminal.print(`Said twice in one message: ${String(repetitions)}`);
  const tables: [string[], string[][]][] = [
    [
      ['RESOURCE', 'CONCEPT', 'COMPLETE', 'ABSENT', 'EXAMPLE'],
      concepts.map(({ resourceType, concept, completeness, absent, examples }) => [
        resourceType,
        concept,
        percentage(completeness),
        String(absent),
        examples[0] ?? '',
      ]),
    ],
    [
      ['RESOURCE', 'IN PROFILE', 'SHARE', 'ON BASE R4'],
      conformance.map(({ resourceType, inProfile, share, onBase }) => [
        resourceType,
        String(inProfile),
        percentage(share),
        Object.entries(onBase)
          .map(([reason, count]) => `${reason} ${String(count)}`)
          .join(', '),
      ]),
    ],
    [['CODES NOT MAPPED OF', 'COUNT'], unmappedCodes.map(({ system, count }) => [system, String(count)])],
  ];
  for (const [header, rows] of tables) {
    if (rows.length === 0) continue;
    terminal.print('');
    printTable(terminal, header, rows);
  }
}

function percentage(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
