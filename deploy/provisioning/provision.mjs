// Provisions a deployment: keys, OAuth clients and database roles, then one folder of secrets for each service.
//   DATABASE_ADMIN_URL           administrator of the database, without the password
//   DATABASE_ADMIN_PASSWORD_FILE file with that password
//   SECRETS_DIR                  where all secrets are kept; back it up, nobody but this job reads it
//   SERVICE_SECRETS_DIR          receives one folder for each service, to be mounted by that service alone
// Repeating it keeps every key and password.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { secretsOf, secretsOfServices } from './secrets-of-services.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

function required(name) {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}

export function withPassword(url, password) {
  const complete = new URL(url);
  complete.password = encodeURIComponent(password);
  return complete.href;
}

/** URL by which one service reaches its database: its own role, named as its schema. */
export function databaseUrlOf(service, adminUrl, passwords) {
  const url = new URL(adminUrl);
  url.username = service.replaceAll('-', '_');
  url.password = passwords[service];
  url.pathname = '/samenhang';
  return url.href;
}

function write(folder, name, text) {
  writeFileSync(join(folder, `${name}.new`), text, { mode: 0o400 });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}

/** One folder for each service with what it needs and no more. */
export function distribute({ from, to, adminUrl }) {
  const existing = readdirSync(from)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
  const { passwords } = JSON.parse(readFileSync(join(from, 'database.json'), 'utf8'));
  for (const service of Object.keys(secretsOfServices)) {
    const folder = join(to, service);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of secretsOf(service, existing))
      write(folder, `${name}.json`, readFileSync(join(from, `${name}.json`), 'utf8'));
    if (service in passwords)
      write(folder, 'database-url', `${databaseUrlOf(service, adminUrl, passwords)}\n`);
  }
}

function main() {
  const adminUrl = required('DATABASE_ADMIN_URL');
  const password = readFileSync(required('DATABASE_ADMIN_PASSWORD_FILE'), 'utf8').trim();
  const secrets = required('SECRETS_DIR');
  const result = spawnSync(process.execPath, [join(root, 'apps/samenhang/dist/main.js'), 'provision'], {
    env: { ...process.env, DATABASE_ADMIN_URL: withPassword(adminUrl, password) },
    stdio: 'inherit',
  });
  if (result.status !== 0) return result.status ?? 1;
  distribute({ from: secrets, to: required('SERVICE_SECRETS_DIR'), adminUrl });
  process.stdout.write(`Secrets distributed to ${Object.keys(secretsOfServices).length} services\n`);
  return 0;
}

if (process.argv[1] === import.meta.filename) {
  try {
    process.exitCode = main();
  } catch (error) {
    process.stderr.write(`Provisioning failed: ${error.message}\n`);
    process.exitCode = 1;
  }
}
