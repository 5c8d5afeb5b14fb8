import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export interface OwnPostgres {
  /** A folder of the benchmark's own; the database lies in it, and what else it needs may. */
  readonly directory: string;
  readonly url: string;
  readonly pid: number;
  /** Stops the database and removes the folder, unless it is to be kept. */
  remove(): Promise<void>;
}

/**
 * A PostgreSQL for one benchmark, durable as it ships. As root it runs as `nobody`, who must be able to enter the folder.
 * @param kept a folder of an earlier or for a later run; by default one of its own, that goes with it
 */
export async function startOwnPostgres(
  port: number,
  settings: Readonly<Record<string, string>> = {},
  kept?: string,
): Promise<OwnPostgres> {
  const launcher = (await import(
    join(root, 'tools/postgres/postgres.mjs')
  )) as typeof import('../../postgres/postgres.mjs');
  const directory = kept ?? mkdtempSync('/var/tmp/samenhang-bench-');
  mkdirSync(directory, { recursive: true });
  chmodSync(directory, 0o711);
  const postgres = await launcher.startPostgres({
    dataDirectory: join(directory, 'postgres'),
    port,
    settings,
  });
  return {
    directory,
    url: postgres.url,
    pid: postgres.pid,
    async remove() {
      await postgres.stop();
      if (kept === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}
