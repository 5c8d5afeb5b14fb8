import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const READY_TIMEOUT_MS = 60_000;

/** Services as processes of their own, to be killed and started again; from the build, as they are deployed. */
export class FlowProcesses {
  readonly #running = new Map<string, ChildProcess>();

  /** @param ports of the services, by name; they lie in `apps/provider` */
  constructor(
    private readonly variables: Readonly<Record<string, string>>,
    private readonly ports: Readonly<Record<string, number>>,
  ) {}

  get names(): string[] {
    return Object.keys(this.ports);
  }

  async startAll(): Promise<void> {
    await Promise.all(this.names.map((name) => this.start(name)));
  }

  /** Resolves once the service is ready. */
  async start(name: string): Promise<void> {
    const { NODE_OPTIONS: _options, ...environment } = process.env;
    const child = spawn(process.execPath, [`${root}apps/provider/${name}/dist/main.js`], {
      env: { ...environment, ...this.variables, PORT: String(this.ports[name]) },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#running.set(name, child);
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += String(chunk)));
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await this.#isReady(name))) {
      if (child.exitCode !== null) throw new Error(`${name} stopped: ${errors}`);
      if (Date.now() > deadline) throw new Error(`${name} is not ready in time: ${errors}`);
      await delay(50);
    }
  }

  /** SIGKILL: no warning, no farewell. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.names.map((name) => this.kill(name)));
  }

  async #isReady(name: string): Promise<boolean> {
    try {
      const response = await fetch(`http://127.0.0.1:${String(this.ports[name])}/health/ready`);
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}
