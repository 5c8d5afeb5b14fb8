import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { migrateEventLog } from '@samenhang/event-log-postgres';
import { provisionSecrets, publicKeyOf } from '@samenhang/identity';
import { pseudonymisationService } from '@samenhang/pseudonymisation';
import { portOffsets, runService, type RunningService } from '@samenhang/service-kit';
import { createTestDatabase, freePort } from '@samenhang/testing';
import { authorisationServerService } from '@samenhang/authorisation-server';
import type { JWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang } from './run-samenhang.js';

const recipient = { organisation: 'oin:00000099000000001000', scope: 'nvi' };
const services: RunningService[] = [];
let directory: string;
let options: string[];
let dropDatabase: () => Promise<void>;

beforeAll(async () => {
  const database = await createTestDatabase();
  dropDatabase = () => database.drop();
  await migrateEventLog(database.url);
  directory = await mkdtemp(join(tmpdir(), 'samenhang keys '));
  await writeSecrets(join(directory, 'secrets'));
  const portBase = (await freePort()) - portOffsets.pseudonymisation;
  options = ['--port-base', String(portBase), '--data-dir', directory];
  const variables = {
    SAMENHANG_PORT_BASE: String(portBase),
    SECRETS_DIR: join(directory, 'secrets'),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'silent',
  };
  for (const definition of [authorisationServerService, pseudonymisationService])
    services.push(await runService(definition, variables));
});
afterAll(async () => {
  for (const service of services) await service.close();
  await dropDatabase();
  await rm(directory, { recursive: true });
});

async function writeSecrets(secrets: string): Promise<void> {
  const files = await provisionSecrets(undefined, {
    clients: [
      { clientId: 'operator', title: 'Operator', organisations: ['*'], scopes: ['prs:admin', 'keys:admin'] },
      {
        clientId: 'demo',
        title: 'Development',
        organisations: ['*'],
        facilityTypes: { '11111111': 'Z3' },
        scopes: ['view:read'],
      },
    ],
  });
  const { decryption } = files['reference-index'] as { decryption: JWK };
  const all = { ...files, recipients: [{ ...recipient, jwk: publicKeyOf(decryption) }] };
  await mkdir(secrets);
  for (const [name, content] of Object.entries(all))
    await writeFile(join(secrets, `${name}.json`), JSON.stringify(content));
}

const keys = (...parameters: string[]) => runSamenhang(['pseudonym', 'keys', ...parameters, ...options]);

async function versions(): Promise<Record<string, unknown>[]> {
  const { output } = await keys('list', '--json');
  return (JSON.parse(output) as { versions: Record<string, unknown>[] }).versions;
}

describe('samenhang pseudonym keys', () => {
  it('leads a change of key from beginning to end', async () => {
    expect(await versions()).toMatchObject([{ version: 1, activeUntil: null, destroyedAt: null }]);
    const added = await keys('add');
    expect(added).toMatchObject({ exitCode: 0, problems: '' });
    expect(added.output).toMatch(/VERSION.*ACTIVE FROM[\s\S]*\n2 /);
    expect(await keys('destroy', '1')).toMatchObject({
      exitCode: 1,
      problems: expect.stringContaining('activeUntil') as string,
    });
    await delay(2_100);
    expect(await keys('retire', '1')).toMatchObject({ exitCode: 0 });
    expect(await keys('destroy', '1')).toMatchObject({
      exitCode: 1,
      problems: expect.stringContaining('has not reported') as string,
    });
    expect(await keys('destroy', '1', '--rekeyed')).toMatchObject({
      exitCode: 0,
      output: 'Version 1 is destroyed.\n',
    });
    expect(await versions()).toMatchObject([
      { version: 1, destroyedAt: expect.any(String) as string },
      { version: 2, destroyedAt: null },
    ]);
    const secret = await readFile(join(directory, 'secrets', 'pseudonymisation.json'), 'utf8');
    expect(JSON.parse(secret)).not.toHaveProperty('oprfKey');
  });

  it('plans a version ahead', async () => {
    const { output } = await keys('add', '--active-from', '2099-01-01T02:00:00+01:00', '--json');
    expect(JSON.parse(output)).toMatchObject({ versions: [{ activeFrom: '2099-01-01T01:00:00.000Z' }] });
  });

  it('says in one line what is not possible', async () => {
    expect(await keys('retire', 'first')).toMatchObject({ exitCode: 2 });
    expect(await keys('add', '--active-from', 'tomorrow')).toMatchObject({ exitCode: 1 });
    const unknown = await keys('add', '--scope', 'none');
    expect(unknown).toMatchObject({ exitCode: 1, output: '' });
    expect(unknown.problems.trim().split('\n')).toHaveLength(1);
  });
});

describe('samenhang keys', () => {
  it('lists the keys of tokens, and publishes a new one that signs later', async () => {
    const list = async (): Promise<{ kid: string; state: string }[]> => {
      const { output } = await runSamenhang(['keys', 'list', '--json', ...options]);
      return (JSON.parse(output) as { keys: { kid: string; state: string }[] }).keys;
    };
    expect((await list()).map(({ state }) => state)).toEqual(['current']);
    const rotated = await runSamenhang(['keys', 'rotate', ...options]);
    expect(rotated.exitCode).toBe(0);
    expect(rotated.output).toContain('next');
    expect((await list()).map(({ state }) => state)).toEqual(['next', 'current']);
    expect((await runSamenhang(['keys', 'rotate', ...options])).exitCode).toBe(1);
  });
});
