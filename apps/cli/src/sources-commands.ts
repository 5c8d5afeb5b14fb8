import type { Command } from 'commander';
import type { FileOptions, SecretOptions, SourceOptions } from './commands/sources.js';
import { addCoverage, addQuality } from './flow-commands.js';
import type { Installation } from './installation.js';
import type { Terminal } from './terminal.js';

type Commands = typeof import('./commands/sources.js');

/** Sources as configuration: files in, and what runs at present. */
export function addSources(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const sources = program.command('sources').summary('source systems that are connected');
  const load = (): Promise<Commands> => import('./commands/sources.js');
  sources
    .command('validate')
    .summary('say everything that is wrong with declarations, offline')
    .argument('<file...>', 'YAML files, a source in each document')
    .option('--json', 'as JSON')
    .action(async (files: string[], options: FileOptions) =>
      done(await (await load()).validateSources(files, options, terminal)),
    );
  sources
    .command('apply')
    .summary('declare sources, or change them, as the files say')
    .argument('<file...>', 'YAML files, a source in each document')
    .option('--json', 'as JSON')
    .action(async (files: string[], options: FileOptions) =>
      done(await (await load()).applySources(files, options, await installation(), terminal)),
    );
  const about = (command: Command): Command =>
    command
      .option('--organisation <ura>', 'care provider (default: all of the development client)')
      .option('--json', 'as JSON');
  about(sources.command('list').summary('all of them, and how they fare')).action(
    async (options: SourceOptions) =>
      done(await (await load()).listSources(options, await installation(), terminal)),
  );
  for (const [name, summary, act] of ofOneSource) {
    about(sources.command(`${name} <id>`).summary(summary)).action(
      async (id: string, options: SourceOptions) =>
        done(await act(await load())(id, options, await installation(), terminal)),
    );
  }
  addCoverage(sources, terminal, installation, done);
  addQuality(sources, terminal, installation, done);
  addSecrets(sources, about, terminal, installation, done);
}

type OneSource = Commands['showSource'];

const ofOneSource: readonly (readonly [string, string, (commands: Commands) => OneSource])[] = [
  ['show', 'one of them, with everything known about it', (commands) => commands.showSource],
  ['test', 'try its connection, step by step; exit code 1 when one fails', (commands) => commands.testSource],
  ['pause', 'take no more messages; senders are held back', (commands) => commands.pauseSource],
  ['resume', 'go on where it stopped', (commands) => commands.resumeSource],
  [
    'remove',
    'end it and forget its credentials; messages and history stay',
    (commands) => commands.removeSource,
  ],
  [
    'deliveries',
    'files and streams it delivered, and how far each was taken in',
    (commands) => commands.listDeliveries,
  ],
];

function addSecrets(
  sources: Command,
  about: (command: Command) => Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const secret = sources.command('secret').summary('credentials of a source: put in, never shown');
  about(secret.command('set <id> <name>').summary('give a credential'))
    .requiredOption('--secret-file <path>', 'file that holds it; - is standard input')
    .action(async (id: string, name: string, options: SecretOptions) => {
      const { setSecret } = await import('./commands/sources.js');
      done(await setSecret(id, name, options, await installation(), terminal));
    });
  about(secret.command('list <id>').summary('their names, and since when')).action(
    async (id: string, options: SourceOptions) => {
      const { listSecrets } = await import('./commands/sources.js');
      done(await listSecrets(id, options, await installation(), terminal));
    },
  );
  about(secret.command('remove <id> <name>').summary('forget a credential')).action(
    async (id: string, name: string, options: SourceOptions) => {
      const { removeSecret } = await import('./commands/sources.js');
      done(await removeSecret(id, name, options, await installation(), terminal));
    },
  );
}
