import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 250;
const ATTEMPTS = 120;

/**
 * Keeps a server running that the services depend on: when it dies it is started again, until `stop`.
 * @template {{exited: Promise<unknown>, stop(): Promise<void>}} Server
 * @param {{name: string, start: () => Promise<Server>, say: (line: string) => void}} options
 * @returns {Promise<{first: Server, stop(): Promise<void>}>}
 */
export async function keepRunning({ name, start, say }) {
  let stopping = false;
  let current = await start();
  const first = current;

  async function startAgain() {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await start();
      } catch (error) {
        // After a kill, ports and shared memory are held for a moment by what is still going down.
        if (attempt >= ATTEMPTS) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  function watch() {
    void current.exited.then(async () => {
      if (stopping) return;
      say(`${name} stopped unexpectedly; starting it again`);
      current = await startAgain();
      if (stopping) await current.stop();
      else watch();
    });
  }
  watch();

  return {
    first,
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}
