import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identifierSystems, type NewEvent, type Ura } from '@samenhang/data-model';
import { insertEvents, migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey, publicKeyOf } from '@samenhang/identity';
import { referenceIndexRecipient, services } from '@samenhang/node';
import { generateKey } from '@samenhang/oprf';
import { getBsn, PatientKeyring } from '@samenhang/patient-identity';
import { runService, type RunningService, type ServiceDefinition } from '@samenhang/service-kit';
import { createTestDatabase, freePort, TokenIssuer, type TestDatabase } from '@samenhang/testing';
import { exportJWK, generateKeyPair } from 'jose';
import pg from 'pg';

const hospital = '22222222';
const keyringSecret = Buffer.alloc(32, 7);
const names = ['pseudonymisation', 'reference-index', 'registrar'] as const;
type Name = (typeof names)[number];

/** What a registration goes through: registrar, pseudonymisation and reference index as they run, on one database. */
export class RunningLocalisation {
  private constructor(
    private readonly issuer: TokenIssuer,
    private readonly database: TestDatabase,
    private readonly sql: pg.Pool,
    private readonly variables: Readonly<Record<string, string>>,
    private readonly ports: Readonly<Record<Name, number>>,
    private readonly running: Map<Name, RunningService>,
  ) {}

  static async start(extra: Readonly<Record<string, string>> = {}): Promise<RunningLocalisation> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const issuer = await TokenIssuer.start('registrar');
    const sql = new pg.Pool({ connectionString: database.url, max: 2 });
    sql.on('error', () => undefined);
    const ports = {
      pseudonymisation: await freePort(),
      'reference-index': await freePort(),
      registrar: await freePort(),
    };
    const variables = {
      DATABASE_URL: database.url,
      SECRETS_DIR: await writeSecrets(),
      AUTHORISATION_SERVER_URL: issuer.url,
      PSEUDONYMISATION_URL: `http://127.0.0.1:${String(ports.pseudonymisation)}`,
      REFERENCE_INDEX_URL: `http://127.0.0.1:${String(ports['reference-index'])}`,
      TENANTS: `${hospital}:V4`,
      BULK_EVALUATION_PAUSE_SECONDS: '1',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      ...extra,
    };
    const node = new RunningLocalisation(issuer, database, sql, variables, ports, new Map());
    for (const name of names) await node.restart(name);
    return node;
  }

  /** @param extra settings for this run of it only */
  async restart(name: Name, extra: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.running.get(name)?.close();
    const variables = { ...this.variables, PORT: String(this.ports[name]), ...extra };
    this.running.set(name, await runService(definitionOf(name), variables));
  }

  async stop(): Promise<void> {
    for (const service of [...this.running.values()].reverse()) await service.close();
    await this.issuer.close();
    await this.sql.end();
    await this.database.drop();
    rmSync(this.variables['SECRETS_DIR'] ?? '', { recursive: true, force: true });
  }

  /** As in a deployment that did not hand over whose requests over the event log are accepted. */
  forgetClients(): void {
    rmSync(join(this.variables['SECRETS_DIR'] ?? '', 'evaluation-clients.json'));
  }

  /** The record tells of one category of each of so many patients. */
  async load(patients: number): Promise<void> {
    const keyring = new PatientKeyring(keyringSecret);
    const events = numbers(patients).map((bsn): NewEvent<'availability.changed'> => {
      const patientKey = keyring.keyOf(hospital, identifierSystems.bsn, getBsn(bsn));
      const payload = { patientKey, bsn, category: 'Condition', available: true, revision: 1 } as const;
      return { type: 'availability.changed', key: patientKey, tenant: hospital as Ura, payload };
    });
    const query = async <Row>(text: string, parameters?: unknown[]) =>
      (await this.sql.query(text, parameters)).rows as Row[];
    // Under the name of a service that runs: with Kafka each relays its own.
    await insertEvents({ query }, 'reference-index', events);
  }

  async rows<Row>(text: string): Promise<Row[]> {
    return (await this.sql.query(text)).rows as Row[];
  }

  async countRegistered(): Promise<number> {
    const [row] = await this.rows<{ count: number }>(
      'SELECT count(*)::int AS count FROM reference_index.registration',
    );
    return row?.count ?? 0;
  }

  /** Waits until the registrar knows that so many are registered. */
  registered(count: number): Promise<void> {
    return this.until(`${String(count)} registrations`, async () => {
      const [row] = await this.rows<{ count: number }>(
        `SELECT count(*)::int AS count FROM registrar.registration_state WHERE actual = 'present'`,
      );
      return row?.count === count;
    });
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 90_000; Date.now() < end; await delay(50)) if (await holds()) return;
    const state = await this.rows(
      `SELECT actual, last_failure, claim IS NOT NULL AS claimed, count(*)::int AS count
         FROM registrar.registration_state GROUP BY 1, 2, 3`,
    );
    throw new Error(`It did not happen: ${what}. ${JSON.stringify(state)}`);
  }
}

/** Numbers for tests that pass the eleven-test. */
function numbers(count: number): string[] {
  const found: string[] = [];
  for (let number = 999_900_000; found.length < count; number += 1) {
    const digits = [...String(number)].map(Number);
    const sum = digits.reduce((total, digit, place) => total + digit * (place < 8 ? 9 - place : -1), 0);
    if (sum % 11 === 0) found.push(String(number));
  }
  return found;
}

function definitionOf(name: Name): ServiceDefinition {
  const found = services.find((service) => service.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

async function writeSecrets(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'localisation-secrets-'));
  const write = (name: string, secret: object): void =>
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(secret));
  const signing = await generateKeyPair('ES256', { extractable: true });
  const recipient = await generateKeyPair('RSA-OAEP-256', { extractable: true });
  const client = await createClientKey();
  const jwk = { ...(await exportJWK(recipient.publicKey)), kid: 'index' };
  write('pseudonymisation', {
    oprfKey: Buffer.from(generateKey()).toString('hex'),
    signing: { ...(await exportJWK(signing.privateKey)), kid: 'signing' },
  });
  write('recipients', [{ ...referenceIndexRecipient, jwk, clients: ['reference-index'] }]);
  write('evaluation-clients', [
    { client_id: 'registrar', jwks: { keys: [publicKeyOf(client)] }, organisations: ['*'] },
  ]);
  write('reference-index', {
    decryption: await exportJWK(recipient.privateKey),
    pseudonymHashSecret: Buffer.alloc(32, 9).toString('base64'),
  });
  write('patient-keyring', { secret: keyringSecret.toString('base64') });
  write('client-registrar', client);
  return folder;
}
