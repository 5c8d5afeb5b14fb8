import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVariableFiles } from '../../../deploy/image/start.mjs';
import { databaseUrlOf, distribute, withPassword } from '../../../deploy/provisioning/provision.mjs';
import { secretsOfServices } from '../../../deploy/provisioning/secrets-of-services.mjs';
import { listServices } from '../consistency.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samenhang-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const adminUrl = 'postgres://postgres@database:5432/postgres';
const json = (name: string, content: unknown): void =>
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(content));

describe('the secrets of a deployment', () => {
  it('are listed for every service of the workspace', () => {
    expect(Object.keys(secretsOfServices).sort()).toEqual(
      listServices()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.each(listServices())('are those that the code of $name reads', ({ name, path }) => {
    const code = readdirSync(join(path, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
      .map((file) => readFileSync(join(path, 'src', file), 'utf8'))
      .join('\n');
    const named = [...code.matchAll(/secret(?:<[^(]*>)?\(\s*'([a-z-]+)'/g)].map(([, secret]) => secret);
    const signIns = [...code.matchAll(/readSignInWays\(\s*'([a-z-]+)'/g)].flatMap(([, portal]) => [
      `${portal}-accounts`,
      `${portal}-openid`,
    ]);
    const read = [...named, ...signIns].filter((secret) => secret?.startsWith('client-') === false);
    const listed = new Map<string, string[]>(Object.entries(secretsOfServices)).get(name) ?? [];
    expect(listed.filter((secret) => !secret.startsWith('client-')).sort()).toEqual(
      [...new Set(read)].sort(),
    );
  });

  it('reach the service they are for and no other', () => {
    for (const name of [
      'authorisation-server',
      'pseudonymisation',
      'client-record',
      'client-registrar',
      'dezi',
    ])
      json(name, { name });
    json('database', { passwords: { record: 'r-1', registrar: 'r-2', 'authorisation-server': 'r-3' } });
    const to = join(folder, 'services');
    distribute({ from: folder, to, adminUrl });

    expect(readdirSync(join(to, 'record')).sort()).toEqual(['client-record.json', 'database-url']);
    expect(readdirSync(join(to, 'pseudonymisation'))).toEqual(['pseudonymisation.json']);
    expect(readdirSync(join(to, 'viewer'))).toEqual([]);
    const everywhere = Object.keys(secretsOfServices).flatMap((service) =>
      readdirSync(join(to, service)).map((file) => `${service}/${file}`),
    );
    expect(everywhere.filter((path) => path.endsWith('authorisation-server.json'))).toEqual([
      'authorisation-server/authorisation-server.json',
    ]);
    expect(everywhere.filter((path) => path.endsWith('/database.json'))).toEqual([]);
    expect(readFileSync(join(to, 'record', 'database-url'), 'utf8')).toBe(
      'postgres://record:r-1@database:5432/samenhang\n',
    );
    expect(statSync(join(to, 'record', 'database-url')).mode & 0o777).toBe(0o400);
  });

  it('can be distributed again', () => {
    json('database', { passwords: { record: 'first' } });
    const to = join(folder, 'services');
    distribute({ from: folder, to, adminUrl });
    json('database', { passwords: { record: 'second' } });
    distribute({ from: folder, to, adminUrl });
    expect(readFileSync(join(to, 'record', 'database-url'), 'utf8')).toContain(':second@');
  });

  it('keep any password usable in a URL', () => {
    expect(new URL(withPassword(adminUrl, 'a/b@c:d')).hostname).toBe('database');
    expect(decodeURIComponent(new URL(withPassword(adminUrl, 'a/b@c:d')).password)).toBe('a/b@c:d');
    expect(databaseUrlOf('query-api', adminUrl, { 'query-api': 'p' })).toBe(
      'postgres://query_api:p@database:5432/samenhang',
    );
  });
});

describe('variables given by file', () => {
  it('are read without the line end, and give way to a variable that is set', () => {
    const file = join(folder, 'value');
    writeFileSync(file, 'postgres://x\n');
    expect(readVariableFiles({ DATABASE_URL_FILE: file })).toEqual({ DATABASE_URL: 'postgres://x' });
    expect(readVariableFiles({ DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://y' })).toEqual({});
  });

  it('leave a file that the service writes to alone', () => {
    expect(readVariableFiles({ LOG_FILE: join(folder, 'absent.log') })).toEqual({});
  });
});
