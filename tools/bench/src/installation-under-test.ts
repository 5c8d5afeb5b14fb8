import { join } from 'node:path';
import { spawnInstallation } from '@samenhang/demo';
import { startOwnPostgres } from './own-postgres.js';
import { cpuMsOf, memoryMbOf, processTree } from './process-usage.js';

export type Engine = 'embedded' | 'kafka';

export interface Usage {
  readonly appMs: number;
  readonly databaseMs: number;
}

export interface InstallationUnderTest {
  readonly portBase: number;
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
  readonly postgresUrl: string;
  usage(): Usage;
  /** Application and database together, now. */
  memoryMb(): { rss: number; pss: number };
  stop(): Promise<void>;
}

/**
 * Starts a whole installation as a user would, in processes apart from the load generator, on a PostgreSQL that also
 * records commit times (so that latency is read off the committed rows and costs nothing while measuring).
 */
export async function startInstallation(engine: Engine, portBase: number): Promise<InstallationUnderTest> {
  const postgres = await startOwnPostgres(portBase + 30, { track_commit_timestamp: 'on' });
  const { directory: dataDirectory } = postgres;
  const app = await spawnInstallation({
    portBase,
    dataDirectory,
    distributed: engine === 'kafka',
    environment: { DATABASE_ADMIN_URL: postgres.url, LOG_LEVEL: 'warn' },
  });
  return {
    portBase,
    dataDirectory,
    secretsDirectory: join(dataDirectory, 'secrets'),
    postgresUrl: postgres.url,
    usage: () => ({ appMs: cpuMsOf(processTree(app.pid)), databaseMs: cpuMsOf(processTree(postgres.pid)) }),
    memoryMb: () => memoryMbOf([...processTree(app.pid), ...processTree(postgres.pid)]),
    async stop() {
      await app.stop();
      await postgres.remove();
    },
  };
}
