import pg from 'pg';
import { DataSource, type MigrationInterface, type MixedList } from 'typeorm';

export type MigrationClass = new () => MigrationInterface;
export type EntityClass = new (...parameters: never[]) => object;

export interface DataSourceSettings {
  /** URL of the service's own database role. */
  readonly url: string;
  /** The one schema this service owns; unqualified names resolve to it. */
  readonly schema: string;
  readonly migrations: readonly MigrationClass[];
  readonly entities?: readonly EntityClass[];
  readonly poolSize?: number;
  /** PostgreSQL settings of each connection, such as how to plan. Names and values of this program, without spaces. */
  readonly session?: Readonly<Record<string, string>>;
  readonly onPoolError?: (error: Error) => void;
}

/** Bounds how long a prepared statement can keep a plan that its table has outgrown. */
const CONNECTION_LIFETIME_SECONDS = 600;

const BIGINT = 20;
// Counters and positions stay far below 2^53, so that numbers are safe and pleasant; identifiers are text or UUID.
pg.types.setTypeParser(BIGINT, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('A bigint column exceeds the safe integer range');
  return value;
});

/**
 * A connection that outlives the loss of its server. A lost connection reports more than one error; whoever uses it
 * sees the first through its query, and the later ones, heard by nobody, would end the process.
 */
class LossTolerantClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    this.on('error', () => undefined);
  }
}

/** Opens the service's database and brings its schema up to date. Several instances may start at once: one migrates, the others wait. */
export async function createDataSource(settings: DataSourceSettings): Promise<DataSource> {
  await withClient(settings.url, async (client) => {
    // Provisioning made the schema; a developer's own database may not have it yet.
    const existing = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [settings.schema]);
    if (existing.rowCount === 0)
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(settings.schema)}`);
  });
  const dataSource = new DataSource({
    type: 'postgres',
    url: settings.url,
    schema: settings.schema,
    entities: [...(settings.entities ?? [])] as MixedList<EntityClass>,
    migrations: [...settings.migrations] as MixedList<MigrationClass>,
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    applicationName: settings.schema,
    poolSize: settings.poolSize ?? 5,
    poolErrorHandler: settings.onPoolError ?? (() => {}),
    extra: {
      Client: LossTolerantClient,
      options: toOptions({ search_path: settings.schema, ...settings.session }),
      // Statements that do not wait for each other travel together.
      pipeline: true,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 10_000,
      maxLifetimeSeconds: CONNECTION_LIFETIME_SECONDS,
    },
  });
  await dataSource.initialize();
  try {
    await migrateOnce(dataSource, settings.schema);
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
  return dataSource;
}

function toOptions(session: Readonly<Record<string, string>>): string {
  return Object.entries(session)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** A session lock keeps two starting instances from running the same migration. */
async function migrateOnce(dataSource: DataSource, schema: string): Promise<void> {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock(hashtext($1))', [`samenhang migration ${schema}`]);
    await dataSource.runMigrations();
    await lock.query('SELECT pg_advisory_unlock(hashtext($1))', [`samenhang migration ${schema}`]);
  } finally {
    await lock.release();
  }
}

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new LossTolerantClient({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
