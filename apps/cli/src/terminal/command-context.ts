import type { Installation } from '../installation/installation.js';
import type { Terminal } from './terminal.js';

/** What a command works with. The installation is opened only by those that need it: the others work offline. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly installation: () => Promise<Installation>;
  readonly done: (exitCode: number) => void;
}
