import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnInstallation } from '@samenhang/demo';
import { cpuMsOf, memoryMbOf, processTree } from './process-usage.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

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
  const launcher = (await import(
    join(root, 'tools/postgres/postgres.mjs')
  )) as typeof import('../../postgres/postgres.mjs');
  const dataDirectory = mkdtempSync('/var/tmp/samenhang-bench-');
  chmodSync(dataDirectory, 0o711);
  const postgres = await launcher.startPostgres({
    dataDirectory: join(dataDirectory, 'postgres'),
    port: portBase + 30,
    settings: { track_commit_timestamp: 'on' },
  });
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
      await postgres.stop();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}
