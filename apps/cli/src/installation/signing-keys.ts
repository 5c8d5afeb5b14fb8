import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import type { Installation } from './installation.js';
import { OperatorApi } from './operator-api.js';

export interface SigningKeyOptions {
  readonly json?: boolean;
}

interface SigningKey {
  readonly kid: string;
  readonly state: string;
  readonly signsFrom: string;
}

export async function listSigningKeys(
  options: SigningKeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { keys } = await apiOf(installation).ask<{ keys: SigningKey[] }>('GET', 'signing-keys');
  show(keys, options, terminal);
  return 0;
}

/** A new key: published now, used when everybody can know it. */
export async function rotateSigningKeys(
  options: SigningKeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  show([await apiOf(installation).ask<SigningKey>('POST', 'signing-keys')], options, terminal);
  return 0;
}

function apiOf(installation: Installation): OperatorApi {
  return new OperatorApi(installation, 'authorisation-server', 'keys:admin');
}

function show(keys: readonly SigningKey[], { json }: SigningKeyOptions, terminal: Terminal): void {
  if (json === true) return terminal.print(JSON.stringify({ keys }));
  const rows = keys.map(({ kid, state, signsFrom }) => [kid, state, signsFrom]);
  printTable(terminal, ['KEY', 'STATE', 'SIGNS FROM'], rows);
}
