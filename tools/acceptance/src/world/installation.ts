import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installationAt, provision, services } from '@samenhang/node';
import {
  portOffsets,
  runService,
  type RunningService,
  type ServiceDefinition,
  type ServiceName,
} from '@samenhang/service-kit';
import pg from 'pg';
import { providers } from './people.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

type Postgres = Awaited<ReturnType<(typeof import('../../../postgres/postgres.mjs'))['startPostgres']>>;

export interface InstallationOptions {
  readonly portBase: number;
  readonly say: (line: string) => void;
  /** Changes secrets after they are provisioned, before the services read them. */
  readonly prepareSecrets: (secretsDirectory: string) => Promise<void>;
}

/** A whole installation on the embedded engine, each service of which can be stopped and started again. */
export class Installation {
  readonly #running = new Map<string, RunningService>();
  readonly #stopped = new Set<ServiceName>();
  #database: pg.Client | undefined;

  private constructor(
    readonly portBase: number,
    readonly dataDirectory: string,
    private readonly postgres: Postgres,
    private readonly databaseUrls: ReadonlyMap<string, string>,
  ) {}

  static async start({ portBase, say, prepareSecrets }: InstallationOptions): Promise<Installation> {
    const dataDirectory = mkdtempSync('/var/tmp/samenhang-acceptance-');
    chmodSync(dataDirectory, 0o711); // the database user passes through; each folder inside guards itself
    const { startPostgres } = (await import(
      join(root, 'tools/postgres/postgres.mjs')
    )) as typeof import('../../../postgres/postgres.mjs');
    say('Starting PostgreSQL …');
    const postgres = await startPostgres({
      dataDirectory: join(dataDirectory, 'postgres'),
      port: portBase + portOffsets.postgres,
      settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
    });
    const { secretsDirectory } = installationAt(dataDirectory);
    mkdirSync(join(dataDirectory, 'log'), { recursive: true });
    const { databaseUrls } = await provision(postgres.url, secretsDirectory, {
      citizenUrl: `http://127.0.0.1:${portBase + portOffsets.citizen}`,
    });
    await prepareSecrets(secretsDirectory);
    const installation = new Installation(portBase, dataDirectory, postgres, databaseUrls);
    say(`Starting ${services.length} services …`);
    for (const definition of services) await installation.#run(definition);
    return installation;
  }

  urlOf(service: ServiceName): string {
    return `http://127.0.0.1:${this.portBase + portOffsets[service]}`;
  }

  get secretsDirectory(): string {
    return installationAt(this.dataDirectory).secretsDirectory;
  }

  secret<T>(name: string): T {
    return JSON.parse(readFileSync(join(this.secretsDirectory, `${name}.json`), 'utf8')) as T;
  }

  writeSecret(name: string, content: unknown): void {
    writeFileSync(join(this.secretsDirectory, `${name}.json`), JSON.stringify(content), { mode: 0o600 });
  }

  async stop(service: ServiceName): Promise<void> {
    const running = this.#running.get(service);
    if (running === undefined) throw new Error(`${service} does not run`);
    this.#running.delete(service);
    this.#stopped.add(service);
    await running.close();
  }

  async startAgain(service: ServiceName, variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const definition = services.find(({ name }) => name === service);
    if (definition === undefined) throw new Error(`There is no service ${service}`);
    await this.#run(definition, variables);
    this.#stopped.delete(service);
  }

  /** Starts whatever a scenario stopped and left so. */
  async restore(): Promise<void> {
    for (const service of this.#stopped) await this.startAgain(service);
  }

  /** The database as its administrator: to look beneath the services, and to take something from them. */
  async query<Row extends pg.QueryResultRow>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    if (this.#database === undefined) {
      const port = this.portBase + portOffsets.postgres;
      this.#database = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/samenhang` });
      await this.#database.connect();
    }
    return (await this.#database.query<Row>(statement, [...values])).rows;
  }

  async close(): Promise<void> {
    await this.#database?.end();
    for (const service of [...this.#running.values()].reverse()) await service.close();
    await this.postgres.stop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
  }

  async #run(definition: ServiceDefinition, variables: Readonly<Record<string, string>> = {}): Promise<void> {
    const running = await runService(definition, {
      SAMENHANG_PORT_BASE: String(this.portBase),
      SECRETS_DIR: this.secretsDirectory,
      DATABASE_URL: this.databaseUrls.get(definition.name),
      TENANTS: providers.map(({ ura, type }) => `${ura}:${type}`).join(','),
      CONSENT_REGIMES: 'TREAT:2029-03-26:opt-out',
      CONSENT_SUBSCRIPTIONS: 'true',
      NOTIFY_SERVERS: '127.0.0.1',
      TRANSFER_CHECK_SECONDS: '2',
      LOG_LEVEL: 'debug',
      LOG_FILE: join(this.dataDirectory, 'log', `${definition.name}.log`),
      ...variables,
    });
    this.#running.set(definition.name, running);
  }
}
