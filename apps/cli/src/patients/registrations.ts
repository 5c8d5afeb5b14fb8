import type { Installation } from '../installation/installation.js';
import { organisationsOf, OrganisationApi } from '../installation/organisation-api.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface RegistrationsOptions {
  readonly organisation?: string;
  readonly json?: boolean;
}

interface RegistrationStatus {
  readonly organisation: string;
  readonly registered: number;
  readonly heldBack: number;
  readonly pending: {
    readonly registrations: number;
    readonly withdrawals: number;
    readonly oldestSince: string | null;
  };
  readonly failing: readonly { readonly reason: string; readonly count: number; readonly since: string }[];
  readonly reconciliation: {
    readonly finishedAt: string | null;
    readonly registeredAgain: number;
    readonly withdrawn: number;
    readonly driftAt: string | null;
  };
}

/** How the registrations at the reference index stand. Exit code 1 when some cannot be made or withdrawn. */
export async function registrationsStatus(
  options: RegistrationsOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const registrar = new OrganisationApi(installation, 'registrar', 'registrations:read');
  const statuses: RegistrationStatus[] = [];
  for (const organisation of organisationsOf(options, installation))
    statuses.push(await registrar.ask<RegistrationStatus>(organisation, 'GET', '/registrations/status'));
  if (options.json === true) terminal.print(JSON.stringify({ organisations: statuses }));
  else print(statuses, terminal);
  return statuses.every(({ failing }) => failing.length === 0) ? 0 : 1;
}

function print(statuses: readonly RegistrationStatus[], terminal: Terminal): void {
  const headings = [
    'ORGANISATION',
    'REGISTERED',
    'HELD BACK',
    'TO REGISTER',
    'TO WITHDRAW',
    'SINCE',
    'COMPARED',
    'HEALED',
  ];
  printTable(terminal, headings, statuses.map(row));
  for (const { organisation, failing } of statuses)
    for (const { reason, count, since } of failing)
      terminal.note(`${organisation}: ${count} since ${since}: ${reason}`);
}

function row({ organisation, registered, heldBack, pending, reconciliation }: RegistrationStatus): string[] {
  const { registeredAgain, withdrawn, finishedAt } = reconciliation;
  return [
    organisation,
    String(registered),
    String(heldBack),
    String(pending.registrations),
    String(pending.withdrawals),
    pending.oldestSince ?? '',
    finishedAt ?? 'never',
    `+${registeredAgain} -${withdrawn}`,
  ];
}
