import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres } from '../postgres/postgres.mjs';

/** Keeps a PostgreSQL running: when it dies it is started again, until `stop`. */
export async function keepPostgresRunning({ dataDirectory, port, say }) {
  let stopping = false;
  let current = await start();

  async function start() {
    return startPostgres({ dataDirectory: join(dataDirectory, 'postgres'), port, log: say });
  }

  async function startAgain() {
    // After a kill its workers need a moment to leave the shared memory.
    for (let attempt = 1; !stopping; attempt += 1) {
      try {
        return await start();
      } catch (error) {
        if (attempt >= 60) throw error;
        await delay(250);
      }
    }
    return current;
  }

  function watch() {
    void current.exited.then(async () => {
      if (stopping) return;
      say('PostgreSQL stopped unexpectedly; starting it again');
      current = await startAgain();
      watch();
    });
  }
  watch();

  return {
    url: current.url,
    pid: () => current.pid,
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}
