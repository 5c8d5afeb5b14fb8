import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AccessTokens, authorisedFetch } from '@samenhang/identity';
import { referenceIndexRecipient } from '@samenhang/oprf';
import type { JWK } from 'jose';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  awaitReady,
  awaitSettled,
  connectProviders,
  demoPeople,
  demoTokens,
  feedProviders,
  hospitalNoord,
  pharmacyDeBrug,
  spawnInstallation,
  startGpServer,
  urlOf,
  viewerClient,
  type InstallationProcess,
  type RunningPart,
  type Surroundings,
} from '../src/index.js';
import { endPostgres } from './end-state.js';
import {
  openEvaluation,
  provenQuestion,
  type OpenedEvaluation,
  type ProvenEvaluation,
} from './evaluation-proof.js';
import { freePortBase } from '../src/free-port-base.js';
import { scratchDirectory } from './scratch-directory.js';

const PEOPLE = 8;
const NEWCOMERS = 6;
const READERS = 2;

interface KeyVersion {
  readonly version: number;
  readonly destroyedAt: string | null;
  readonly releasedAt: string | null;
}

interface RegistrationStatus {
  readonly registered: number;
  readonly reconciliation: { finishedAt: string | null; registeredAgain: number; withdrawn: number };
}

const scratch = scratchDirectory('rotation');
const people = demoPeople(PEOPLE + NEWCOMERS);
const present = people.slice(0, PEOPLE);
const registering = [hospitalNoord.ura, pharmacyDeBrug.ura];
const recipient = {
  recipientOrganization: referenceIndexRecipient.organisation,
  recipientScope: referenceIndexRecipient.scope,
};
let surroundings: Surroundings;
let installation: InstallationProcess | undefined;
let database: pg.Client;
let gpServer: RunningPart | undefined;

beforeAll(async () => {
  const portBase = await freePortBase();
  surroundings = {
    portBase,
    dataDirectory: scratch.path,
    secretsDirectory: join(scratch.path, 'secrets'),
    say: () => {},
  };
  installation = await spawnInstallation({
    portBase,
    dataDirectory: scratch.path,
    environment: {
      RECONCILIATION_EVERY_SECONDS: '2',
      REKEYING_SWEEP_SECONDS: '1',
      REKEYING_RELEASE_SECONDS: '2',
      // Every view asks the index.
      LOCALISATION_CACHE_SECONDS: '0',
      // This is about what the index says, not about how soon holders answer on a busy machine.
      SOURCE_DEADLINE_MS: '20000',
      LOOKUP_TIMEOUT_MS: '20000',
    },
  });
  await awaitReady(surroundings);
  gpServer = await startGpServer({ ...surroundings, people: people.length });
  database = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${portBase + 30}/samenhang` });
  await database.connect();
  await connectProviders(surroundings, demoTokens(surroundings), people);
  await feedProviders(surroundings, demoTokens(surroundings), present);
  await awaitSettled(surroundings);
}, 240_000);

afterAll(async () => {
  await database?.end();
  await gpServer?.close();
  await installation?.stop();
  endPostgres(scratch.path);
  scratch.remove();
});

async function operate<T>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<T> {
  const audience = urlOf(surroundings, 'pseudonymisation');
  const tokens = new AccessTokens({
    issuer: urlOf(surroundings, 'authorisation-server'),
    clientId: 'operator',
    clientKey: () => readSecret('client-operator') as JWK,
  });
  const token = await tokens.clientCredentials({ audience, scope: 'prs:admin' });
  const response = await authorisedFetch(token, `${audience}/administration/key-versions${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify({ ...recipient, ...body }) }),
  });
  expect(response.ok, `${method} ${path}: ${response.status}`).toBe(true);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** The public half of each active key of the recipient, by version. */
async function publicKeys(): Promise<Map<number, string>> {
  const url = `${urlOf(surroundings, 'pseudonymisation')}/.well-known/oprf-keys.json`;
  const { keys } = (await (await fetch(url)).json()) as {
    keys: { recipient_scope: string; key_version: number; public_key: string }[];
  };
  const own = keys.filter(({ recipient_scope: scope }) => scope === recipient.recipientScope);
  return new Map(own.map((each) => [each.key_version, each.public_key]));
}

/** As the registrar asks, with a proof of the key, and opened as by the index. */
async function evaluateWithProof(): Promise<OpenedEvaluation> {
  const audience = urlOf(surroundings, 'pseudonymisation');
  const tokens = new AccessTokens({
    issuer: urlOf(surroundings, 'authorisation-server'),
    clientId: 'registrar',
    clientKey: () => readSecret('client-registrar') as JWK,
  });
  const token = await tokens.clientCredentials({
    audience,
    scope: 'prs:evaluate',
    organisation: hospitalNoord.ura,
  });
  const response = await authorisedFetch(token, `${audience}/oprf/eval`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...recipient, ...provenQuestion }),
  });
  expect(response.status).toBe(200);
  const { decryption } = readSecret('reference-index') as { decryption: object };
  return openEvaluation((await response.json()) as ProvenEvaluation, decryption);
}

function readSecret(name: string): unknown {
  return JSON.parse(readFileSync(join(surroundings.secretsDirectory, `${name}.json`), 'utf8'));
}

async function statusOf(organisation: string): Promise<RegistrationStatus> {
  const audience = urlOf(surroundings, 'registrar');
  const token = await demoTokens(surroundings).clientCredentials({
    audience,
    scope: 'registrations:read',
    organisation: organisation as typeof hospitalNoord.ura,
  });
  const url = `${audience}/registrations/status`;
  return (await (
    await authorisedFetch(token, url, { method: 'GET', headers: {} })
  ).json()) as RegistrationStatus;
}

async function custodiansOf(bsn: string): Promise<string[]> {
  const view = await viewerClient(surroundings).patientView(bsn);
  return view.sources.flatMap(({ custodian }) => custodian ?? []).sort();
}

async function versionsStored(): Promise<Record<string, number>> {
  const { rows } = await database.query<{ version: number; count: number }>(
    'SELECT key_version AS version, count(*)::int AS count FROM reference_index.registration GROUP BY 1 ORDER BY 1',
  );
  return Object.fromEntries(rows.map(({ version, count }) => [version, count]));
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(200)) if (await holds()) return;
  throw new Error(`It did not happen: ${what}`);
}

/** Looks up persons without pause until told to stop; tells what was not found as before. */
function lookUpAllTheTime(expected: ReadonlyMap<string, readonly string[]>) {
  const lost: string[] = [];
  let running = true;
  let lookups = 0;
  const readers = Array.from({ length: READERS }, async (_unused, reader) => {
    for (let turn = reader; running; turn += READERS) {
      const person = present[turn % present.length];
      if (person === undefined) return;
      const found = await custodiansOf(person.bsn).catch((error: unknown) => [String(error)]);
      const missing = (expected.get(person.bsn) ?? []).filter((custodian) => !found.includes(custodian));
      if (missing.length > 0) lost.push(`lookup ${lookups}: not ${missing.join()} but ${found.join()}`);
      lookups += 1;
    }
  });
  return {
    async stop(): Promise<{ lost: readonly string[]; lookups: number }> {
      running = false;
      await Promise.all(readers);
      return { lost, lookups };
    },
  };
}

describe('a change of the pseudonymisation key in a running installation', () => {
  it(
    'leaves nothing unfindable, ends with the old key destroyed, and both sides agree',
    { timeout: 240_000 },
    async () => {
      const oldKey = (readSecret('pseudonymisation') as { oprfKey: string }).oprfKey;
      const oldPublicKey = (await publicKeys()).get(1) ?? '';
      const underOldKey = await evaluateWithProof();
      expect([underOldKey.keyVersion, underOldKey.isMadeWith(oldPublicKey)]).toEqual([1, true]);
      const expected = new Map<string, readonly string[]>();
      for (const { bsn } of present) expected.set(bsn, await custodiansOf(bsn));
      expect(expected.get(present[0]?.bsn ?? '')).toEqual(expect.arrayContaining([hospitalNoord.ura]));
      const before = await versionsStored();
      expect(Object.keys(before)).toEqual(['1']);

      const load = lookUpAllTheTime(expected);
      // Also when something below fails: it would go on, and collect what it no longer finds.
      onTestFinished(async () => void (await load.stop()));
      const { version } = await operate<KeyVersion>('POST', '', {});
      const registrations = feedProviders(surroundings, demoTokens(surroundings), people);
      await until('all registrations under the new key', async () => {
        const stored = await versionsStored();
        return stored['1'] === undefined && (stored[version] ?? 0) >= (before['1'] ?? 0);
      });
      await registrations;
      await until('the newcomers registered', async () => {
        const found = await Promise.all(people.slice(PEOPLE).map(({ bsn }) => custodiansOf(bsn)));
        return found.every((custodians) => custodians.includes(hospitalNoord.ura));
      });
      const activeUntil = new Date(Date.now() + 3_000).toISOString();
      await operate('PUT', '/1', { activeUntil });
      await delay(3_500);
      await until('the index reported that it needs the old key no more', async () => {
        const all = await operate<KeyVersion[]>('GET', `?${new URLSearchParams(recipient).toString()}`);
        return all.some((each) => each.version === 1 && each.releasedAt !== null);
      });
      await operate('DELETE', `/1?${new URLSearchParams(recipient).toString()}`);
      const destroyedAt = new Date();
      await delay(3_000);
      const { lost, lookups } = await load.stop();
      expect(lost).toEqual([]);
      expect(lookups).toBeGreaterThan(20);

      const versions = await operate<KeyVersion[]>('GET', `?${new URLSearchParams(recipient).toString()}`);
      expect(versions.map((each) => [each.version, each.destroyedAt !== null])).toEqual([
        [1, true],
        [version, false],
      ]);
      const secrets = readdirSync(surroundings.secretsDirectory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      expect(secrets.some((text) => text.includes(oldKey))).toBe(false);

      // Nobody names the version of an evaluation: what is made, and proven, is not of the destroyed key under any name.
      const published = await publicKeys();
      expect([...published.keys()]).toEqual([version]);
      const now = await evaluateWithProof();
      expect([now.keyVersion, now.olderVersions]).toEqual([version, []]);
      expect(now.isMadeWith(published.get(version) ?? '')).toBe(true);
      expect(now.isMadeWith(oldPublicKey)).toBe(false);

      expect(await versionsStored()).toEqual({ [version]: expect.any(Number) as number });
      for (const { bsn } of people.slice(PEOPLE))
        expect(await custodiansOf(bsn)).toContain(hospitalNoord.ura);
      for (const organisation of registering) {
        await until('a comparison after the change', async () => {
          const { finishedAt } = (await statusOf(organisation)).reconciliation;
          return finishedAt !== null && new Date(finishedAt) > destroyedAt;
        });
        const status = await statusOf(organisation);
        expect(status.reconciliation).toMatchObject({ registeredAgain: 0, withdrawn: 0 });
        const { rows } = await database.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM reference_index.registration WHERE custodian = $1',
          [organisation],
        );
        expect(status.registered).toBe(rows[0]?.count);
      }
    },
  );
});
