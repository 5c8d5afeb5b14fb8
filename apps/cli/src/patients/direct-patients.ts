import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { findUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findBsn } from '@samenhang/patient-identity';
import type { Installation } from '../installation/installation.js';
import { OrganisationApi } from '../installation/organisation-api.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';

export interface DirectOptions {
  readonly organisation: string;
}

/**
 * Whose data is to be found at the care provider's own server, or no longer: one BSN on each line. Lines are named by their
 * number, never by the BSN. Exit code 1 when any failed; the others are done.
 */
export async function changeDirectPatients(
  method: 'PUT' | 'DELETE',
  file: string,
  options: DirectOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const ura = findUra(options.organisation);
  if (ura === undefined) throw usage('--organisation must be a URA: 8 digits');
  const record = new OrganisationApi(installation, 'record', 'record:admin');
  const content = await (file === '-' ? text(terminal.input) : readFile(file, 'utf8')).catch(() => {
    throw usage(`${file} cannot be read`);
  });
  let failed = 0;
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    try {
      terminal.print(`${String(index + 1)}: ${await changeOne(record, method, ura, line)}`);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed += 1;
      terminal.note(`${String(index + 1)}: ${error.message}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

async function changeOne(
  record: OrganisationApi,
  method: 'PUT' | 'DELETE',
  ura: Ura,
  line: string,
): Promise<string> {
  const bsn = findBsn(line.trim());
  if (bsn === undefined) throw new Failure('malformed', 'Not a BSN: nine digits that pass the eleven-test');
  const { categories = [] } = await record.ask<{ categories?: readonly string[] }>(
    ura,
    method,
    `/tenants/${ura}/direct-patients`,
    { type: 'application/json', text: JSON.stringify({ bsn }) },
  );
  if (method === 'DELETE') return 'withdrawn';
  return categories.length === 0 ? 'known, without data in any category' : categories.join(' ');
}
