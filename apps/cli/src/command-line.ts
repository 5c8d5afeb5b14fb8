import { Failure } from '@samenhang/errors';
import { Command, CommanderError } from 'commander';
import { defaultDataDirectory } from './installation/data-directory.js';
import { addInstallation } from './installation/installation-commands.js';
import type { Installation, InstallationOptions } from './installation/installation.js';
import { addMapping, addNormalise } from './mapping/mapping-commands.js';
import { addExplain, addQuarantine, addReplay } from './messages/message-commands.js';
import { addDirect, addQuery, addRegistrations } from './patients/patient-commands.js';
import { addPseudonyms } from './pseudonyms/pseudonym-commands.js';
import { addResearch } from './research/research-commands.js';
import { addSources } from './sources/sources-commands.js';
import type { CommandContext } from './terminal/command-context.js';
import { CommandFailure } from './terminal/command-failure.js';
import type { Terminal } from './terminal/terminal.js';
import { addTransfer } from './transfers/transfer-commands.js';

/** In the order in which help names them. */
const groups: readonly ((program: Command, context: CommandContext) => void)[] = [
  addNormalise,
  addSources,
  addQuarantine,
  addReplay,
  addExplain,
  addMapping,
  addQuery,
  addRegistrations,
  addDirect,
  addTransfer,
  addResearch,
  addPseudonyms,
  addInstallation,
];

/** Runs one command. Exit code 0: done; 1: it failed or found a fault; 2: wrong usage. */
export async function runCommandLine(parameters: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = createProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

function reportFailure(error: unknown, terminal: Terminal): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  terminal.note(`samenhang: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Failure)
    for (const { text } of error.issues) if (text !== error.message) terminal.note(`  ${text}`);
  return error instanceof CommandFailure ? error.exitCode : 1;
}

function createProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  const program = new Command('samenhang')
    .description('Connect sources to Samenhang and operate it')
    .option('--port-base <number>', 'first port of the installation (default 8600, or SAMENHANG_PORT_BASE)')
    .option(
      '--data-dir <path>',
      `where the installation keeps its data (default ${defaultDataDirectory()}, or SAMENHANG_DATA_DIR)`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('(samenhang --help shows what is possible)');
  // Each command loads what it needs when it runs: help and offline work must not wait for the platform's libraries.
  const installation = async (): Promise<Installation> =>
    new (await import('./installation/installation.js')).Installation(program.opts<InstallationOptions>());
  const context: CommandContext = { terminal, installation, done };
  for (const add of groups) add(program, context);
  return program;
}
