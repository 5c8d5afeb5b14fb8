import { referenceIndexRecipient } from '@samenhang/oprf';
import type { Installation } from '../installation/installation.js';
import { OperatorApi } from '../installation/operator-api.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface KeyOptions {
  readonly organisation?: string;
  readonly scope?: string;
  readonly json?: boolean;
}

export interface AddKeyOptions extends KeyOptions {
  readonly activeFrom?: string;
}

export interface RetireKeyOptions extends KeyOptions {
  readonly at?: string;
}

export interface DestroyKeyOptions extends KeyOptions {
  readonly rekeyed?: boolean;
}

interface KeyVersion {
  readonly version: number;
  readonly activeFrom: string;
  readonly activeUntil: string | null;
  readonly releasedAt: string | null;
  readonly destroyedAt: string | null;
}

const KEY_VERSIONS = 'key-versions';

export async function listKeys(
  options: KeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const query = new URLSearchParams({ ...recipientOf(options) });
  const versions = await apiOf(installation).ask<KeyVersion[]>('GET', `${KEY_VERSIONS}?${query.toString()}`);
  show(versions, options, terminal);
  return 0;
}

/** Beside the present one: both are evaluated until the older is retired. */
export async function addKey(
  options: AddKeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { activeFrom } = options;
  const body = { ...recipientOf(options), ...(activeFrom === undefined ? {} : { activeFrom }) };
  const added = await apiOf(installation).ask<KeyVersion>('POST', KEY_VERSIONS, body);
  show([added], options, terminal);
  return 0;
}

/** It is evaluated no more from then on; its key is still there. */
export async function retireKey(
  version: string,
  options: RetireKeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const body = { ...recipientOf(options), activeUntil: options.at ?? new Date().toISOString() };
  const path = `${KEY_VERSIONS}/${readVersion(version)}`;
  const retired = await apiOf(installation).ask<KeyVersion>('PUT', path, body);
  show([retired], options, terminal);
  return 0;
}

/** For good. Refused while the recipient may still need it. */
export async function destroyKey(
  version: string,
  options: DestroyKeyOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const query = new URLSearchParams({
    ...recipientOf(options),
    ...(options.rekeyed === true ? { rekeying: 'finished' } : {}),
  });
  const path = `${KEY_VERSIONS}/${readVersion(version)}?${query.toString()}`;
  await apiOf(installation).ask('DELETE', path);
  terminal.print(
    options.json === true
      ? JSON.stringify({ destroyed: Number(version) })
      : `Version ${version} is destroyed.`,
  );
  return 0;
}

function recipientOf({ organisation, scope }: KeyOptions): {
  recipientOrganization: string;
  recipientScope: string;
} {
  return {
    recipientOrganization: organisation ?? referenceIndexRecipient.organisation,
    recipientScope: scope ?? referenceIndexRecipient.scope,
  };
}

function readVersion(text: string): string {
  if (/^[1-9]\d{0,5}$/.test(text)) return text;
  throw usage('A version is a whole number from 1');
}

function show(versions: readonly KeyVersion[], { json }: KeyOptions, terminal: Terminal): void {
  if (json === true) return terminal.print(JSON.stringify({ versions }));
  if (versions.length === 0) return terminal.print('The recipient has no key.');
  const header = ['VERSION', 'ACTIVE FROM', 'ACTIVE UNTIL', 'RELEASED', 'DESTROYED'];
  const rows = versions.map((each) => [
    String(each.version),
    each.activeFrom,
    each.activeUntil ?? '',
    each.releasedAt ?? '',
    each.destroyedAt ?? '',
  ]);
  printTable(terminal, header, rows);
}

function apiOf(installation: Installation): OperatorApi {
  return new OperatorApi(installation, 'pseudonymisation', 'prs:admin');
}
