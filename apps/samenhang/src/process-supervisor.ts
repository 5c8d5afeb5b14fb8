import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServiceDefinition, Variables } from '@samenhang/service-kit';

export interface SupervisedService {
  readonly name: string;
  /** Process id of the present incarnation. */
  readonly pid: () => number | undefined;
}

export interface Supervisor {
  readonly services: readonly SupervisedService[];
  close(): Promise<void>;
}

const RESTART_DELAY_MS = 500;
const STOP_TIMEOUT_MS = 15_000;

/** Runs each service as a process of its own and starts it again when it dies. */
export function superviseProcesses(
  definitions: readonly ServiceDefinition[],
  mainFileOf: (service: ServiceDefinition) => string,
  variablesOf: (service: ServiceDefinition) => Variables,
  say: (line: string) => void,
): Supervisor {
  let stopping = false;
  const slots = definitions.map((definition) => ({
    definition,
    child: undefined as ChildProcess | undefined,
  }));

  const launch = (slot: (typeof slots)[number]): void => {
    const environment = { ...process.env, ...variablesOf(slot.definition) };
    slot.child = spawn(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', mainFileOf(slot.definition)],
      {
        env: environment,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        detached: true,
      },
    );
    slot.child.once('exit', (code, signal) => {
      if (stopping) return;
      say(`${slot.definition.name} stopped (${signal ?? `exit ${code}`}); starting it again`);
      void delay(RESTART_DELAY_MS).then(() => !stopping && launch(slot));
    });
  };

  for (const slot of slots) launch(slot);
  return {
    services: slots.map((slot) => ({ name: slot.definition.name, pid: () => slot.child?.pid })),
    async close() {
      stopping = true;
      await Promise.all(slots.map(async ({ child }) => child && stop(child)));
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([exited, delay(STOP_TIMEOUT_MS).then(() => child.kill('SIGKILL'))]);
  await exited;
}
