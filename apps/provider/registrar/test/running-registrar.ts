import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  identifierSystems,
  type DataCategory,
  type NewEvent,
  type ObjectionChanged,
  type ObjectionPosition,
  type PatientKey,
  type PseudonymEvaluated,
  type Ura,
} from '@samenhang/data-model';
import { insertEvents, migrateEventLog } from '@samenhang/event-log-postgres';
import { createClientKey } from '@samenhang/identity';
import { getBsn, PatientKeyring } from '@samenhang/patient-identity';
import {
  runService,
  type OutsideState,
  type RunningService,
  type StatusProblem,
} from '@samenhang/service-kit';
import {
  createTestDatabase,
  freePort,
  TokenIssuer,
  type TestDatabase,
  type TokenClaims,
} from '@samenhang/testing';
import pg from 'pg';
import { registrarService } from '../src/index.js';
import { Surroundings } from './surroundings.js';

export interface Change {
  readonly patient?: string;
  readonly tenant?: string;
  readonly category?: DataCategory;
  readonly bsn?: string;
  readonly available: boolean;
  readonly revision: number;
}

interface RegistrarStatus {
  readonly counts: { readonly registered: number; readonly pending: number };
  readonly outside: readonly OutsideState[];
  readonly problems: readonly StatusProblem[];
}

const someBsn = '999990007';
const keyringSecret = Buffer.alloc(32, 9);

/** The real service on a real database, that a test can stop and start again. */
export class RunningRegistrar {
  readonly around = new Surroundings();
  #service: RunningService | undefined;

  private constructor(
    private readonly database: TestDatabase,
    private readonly client: pg.Client,
    private readonly secrets: string,
    private readonly issuer: TokenIssuer,
  ) {}

  static async start(): Promise<RunningRegistrar> {
    const database = await createTestDatabase();
    await migrateEventLog(database.url);
    const secrets = mkdtempSync(join(tmpdir(), 'registrar-'));
    writeFileSync(join(secrets, 'client-registrar.json'), JSON.stringify(await createClientKey()));
    writeFileSync(
      join(secrets, 'patient-keyring.json'),
      JSON.stringify({ secret: keyringSecret.toString('base64') }),
    );
    const client = new pg.Client({ connectionString: database.url, options: '-c search_path=registrar' });
    await client.connect();
    const registrar = new RunningRegistrar(database, client, secrets, await TokenIssuer.start('registrar'));
    registrar.#variables = { peers: await registrar.around.start(), port: String(await freePort()) };
    await registrar.startService();
    return registrar;
  }

  #variables = { peers: '', port: '' };
  /** For the next start. */
  extra: Record<string, string> = {};

  async startService(): Promise<void> {
    this.#service = await this.#run(this.#variables.port);
  }

  async startAnother(): Promise<RunningService> {
    return this.#run(String(await freePort()));
  }

  /** As when the database restarts or the network breaks: the lock of the working instance is gone. */
  async endWorkerSession(): Promise<number> {
    const ended = await this.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks
        WHERE locktype = 'advisory' AND granted AND objid::bigint::bit(32) = hashtext('registrar worker')::bit(32)`,
    );
    return ended.length;
  }

  #run(port: string): Promise<RunningService> {
    const { peers } = this.#variables;
    return runService(registrarService, {
      PORT: port,
      LOG_LEVEL: 'silent',
      DATABASE_URL: this.database.url,
      SECRETS_DIR: this.secrets,
      AUTHORISATION_SERVER_URL: this.issuer.url,
      PSEUDONYMISATION_URL: peers,
      REFERENCE_INDEX_URL: peers,
      TENANTS: '22222222:V4,44444444:A1',
      REGISTRAR_POLL_MILLISECONDS: '20',
      // Nobody answers over the event log unless a test does.
      BULK_EVALUATION_THRESHOLD: '0',
      ...this.extra,
    });
  }

  async stopService(): Promise<void> {
    await this.#service?.close();
    this.#service = undefined;
  }

  async stop(): Promise<void> {
    await this.stopService();
    await this.client.end();
    await this.around.close();
    await this.issuer.close();
    await this.database.drop();
    rmSync(this.secrets, { recursive: true });
  }

  async publish(...changes: readonly Change[]): Promise<void> {
    const query = async <Row>(sql: string, parameters?: unknown[]) =>
      (await this.client.query(sql, parameters)).rows as Row[];
    await insertEvents({ query }, 'record', changes.map(toEvent));
  }

  /** As the pseudonymisation service answers over the event log. */
  async answer(...answers: readonly PseudonymEvaluated[]): Promise<void> {
    const query = async <Row>(sql: string, parameters?: unknown[]) =>
      (await this.client.query(sql, parameters)).rows as Row[];
    const events = answers.map((payload) => ({
      type: 'pseudonym.evaluated' as const,
      key: payload.requestId,
      tenant: null,
      payload,
    }));
    await insertEvents({ query }, 'pseudonymisation', events);
  }

  /** What a citizen chose about a holder, as the consent register tells it. */
  async object(
    bsn: string,
    holder: ObjectionChanged['holder'],
    position: ObjectionPosition,
    revision: number,
  ): Promise<void> {
    const query = async <Row>(sql: string, parameters?: unknown[]) =>
      (await this.client.query(sql, parameters)).rows as Row[];
    const payload = { bsn, holder, position, revision };
    await insertEvents({ query }, 'consent-register', [
      { type: 'consent.objection-changed', key: `citizen-${bsn.slice(-3)}`, tenant: null, payload },
    ]);
  }

  /** A request to the service, by a caller whose token carries these claims. */
  request(path: string, claims: TokenClaims): Promise<Response> {
    return this.issuer.fetch(`${this.#service?.url}${path}`, claims);
  }

  async query<Row>(sql: string): Promise<Row[]> {
    return (await this.client.query(sql)).rows as Row[];
  }

  async status(): Promise<RegistrarStatus> {
    return (await (await fetch(`${this.#service?.url}/status`)).json()) as RegistrarStatus;
  }

  /** Waits until `expected` holds; fails with the last state seen. */
  async until(expected: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 15_000; Date.now() < end; await delay(20)) if (await expected()) return;
    const rows = await this.query(
      `SELECT category, desired, actual, attempts, last_failure, claim, count(*)::int AS count FROM registration_state
        GROUP BY category, desired, actual, attempts, last_failure, claim ORDER BY count DESC LIMIT 10`,
    );
    throw new Error(`It did not happen: ${JSON.stringify(rows)}`);
  }

  async settled(rows: number): Promise<void> {
    await this.until(async () => {
      const [state] = await this.query<{ open: number; all: number }>(
        `SELECT count(*) FILTER (WHERE actual <> CASE WHEN wanted THEN 'present' ELSE 'absent' END)::int AS open,
                count(*)::int AS all FROM registration_state`,
      );
      return state?.open === 0 && state.all === rows;
    });
  }
}

/** The key by which the record knows a citizen at a care provider. */
export function keyOf(bsn: string, tenant = '22222222'): PatientKey {
  return new PatientKeyring(keyringSecret).keyOf(tenant, identifierSystems.bsn, getBsn(bsn));
}

function toEvent(change: Change): NewEvent<'availability.changed'> {
  const patientKey = (change.patient ?? 'a'.repeat(32)) as PatientKey;
  const { available, revision, category = 'Condition', bsn = someBsn } = change;
  return {
    type: 'availability.changed',
    key: patientKey,
    tenant: (change.tenant ?? '22222222') as Ura,
    payload: { patientKey, bsn, category, available, revision },
  };
}
