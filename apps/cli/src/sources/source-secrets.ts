import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Installation } from '../installation/installation.js';
import { OrganisationApi, organisationsOf } from '../installation/organisation-api.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import type { SourceOptions } from './connected-sources.js';
import { atOwner, pathOf } from './source-owner.js';

export interface SecretOptions extends SourceOptions {
  readonly secretFile: string;
}

/** May be given before the source is declared: then the care provider must be named. */
export async function setSecret(
  id: string,
  name: string,
  options: SecretOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const secret = await readSecret(options.secretFile, terminal);
  const api = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const owners = organisationsOf(options, installation);
  const [only] = owners;
  const tenant =
    only !== undefined && owners.length === 1 ? only : (await atOwner(id, options, installation)).tenant;
  await api.ask(tenant, 'PUT', `${pathOf(tenant, id)}/secrets/${encodeURIComponent(name)}`, {
    type: 'text/plain',
    text: secret,
  });
  terminal.print(options.json === true ? JSON.stringify({ secret: name }) : `Secret ${name} of ${id} is set`);
  return 0;
}

export async function listSecrets(
  id: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  const answer = await api.ask<{ secrets: { name: string; changedAt: string }[] }>(
    tenant,
    'GET',
    `${pathOf(tenant, id)}/secrets`,
  );
  if (options.json === true) terminal.print(JSON.stringify(answer));
  else for (const { name, changedAt } of answer.secrets) terminal.print(`${name}  ${changedAt}`);
  return 0;
}

export async function removeSecret(
  id: string,
  name: string,
  options: SourceOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { api, tenant } = await atOwner(id, options, installation);
  await api.ask(tenant, 'DELETE', `${pathOf(tenant, id)}/secrets/${encodeURIComponent(name)}`);
  terminal.print(
    options.json === true ? JSON.stringify({ removed: name }) : `Secret ${name} of ${id} is forgotten`,
  );
  return 0;
}

async function readSecret(file: string, terminal: Terminal): Promise<string> {
  if (file === '-') return (await text(terminal.input)).trimEnd();
  const read = await readFile(file, 'utf8').catch(() => {
    throw usage(`${file} cannot be read`);
  });
  return read.trimEnd();
}
