import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const READY_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;

export interface InstallationProcessOptions {
  readonly portBase: number;
  readonly dataDirectory: string;
  readonly distributed?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A whole installation in processes of its own, started the way `npm start -- --no-demo` starts it. */
export interface InstallationProcess {
  readonly pid: number;
  /** Everything it said so far. */
  readonly output: () => string;
  stop(): Promise<void>;
  /** Ends the main process as a crash would: no clean-up at all. */
  kill(): Promise<void>;
}

export async function spawnInstallation(options: InstallationProcessOptions): Promise<InstallationProcess> {
  const parameters = [
    '--no-demo',
    '--port-base',
    String(options.portBase),
    '--data-dir',
    options.dataDirectory,
  ];
  if (options.distributed === true) parameters.push('--distributed');
  const child = spawn(process.execPath, [join(root, 'tools/start/main.mjs'), ...parameters], {
    cwd: root,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (output += text));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(child, () => output);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid: child.pid ?? 0,
    output: () => output,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!/ Ready\.\n/.test(output())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`The installation stopped:\n${output()}`);
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`The installation was not ready in time:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
