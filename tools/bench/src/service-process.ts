import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Starts one service as an operator would, in a process of its own.
 * @param main its entry point, from the root of the repository
 */
export async function startServiceProcess(
  main: string,
  url: string,
  variables: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [...process.execArgv, join(root, main)], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const end = Date.now() + 60_000; Date.now() < end; await delay(100)) {
    if (child.exitCode !== null) break;
    const response = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (response?.ok === true) return child;
  }
  child.kill('SIGTERM');
  throw new Error(`${main} did not become ready`);
}

export async function stopServiceProcess(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
