import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import type { Installation } from './installation.js';
import { organisationsOf, OrganisationApi } from './organisation-api.js';

export interface AuditOptions {
  readonly organisation?: string;
  readonly json?: boolean;
}

interface ChainVerification {
  readonly stream: string;
  readonly events: number;
  readonly valid: boolean;
  readonly lastHash?: string;
  readonly firstInvalidSequence?: number;
}

/** Recomputes the chain of each care provider's trail. Exit code 1 when one was tampered with. */
export async function auditVerify(
  options: AuditOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const audit = new OrganisationApi(installation, 'audit', 'audit:read');
  const chains: ChainVerification[] = [];
  for (const organisation of organisationsOf(options, installation))
    chains.push(await audit.ask<ChainVerification>(organisation, 'GET', '/chain/verification'));
  if (options.json === true) terminal.print(JSON.stringify({ chains }));
  else printTable(terminal, ['ORGANISATION', 'EVENTS', 'CHAIN', 'LAST HASH'], chains.map(row));
  return chains.every(({ valid }) => valid) ? 0 : 1;
}

function row({ stream, events, valid, lastHash, firstInvalidSequence }: ChainVerification): string[] {
  const state = valid ? 'whole' : `BROKEN at ${firstInvalidSequence ?? 'the end'}`;
  return [stream, String(events), state, lastHash ?? ''];
}
