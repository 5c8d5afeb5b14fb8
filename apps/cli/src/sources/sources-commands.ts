import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { SourceOptions } from './connected-sources.js';
import type { CoverageOptions } from './coverage.js';
import type { FileOptions } from './declare-sources.js';
import type { QualityOptions } from './quality.js';
import type { SecretOptions } from './source-secrets.js';

type Commands = typeof import('./connected-sources.js');
type Declarations = typeof import('./declare-sources.js');
type Secrets = typeof import('./source-secrets.js');

/** Sources as configuration: files in, and what runs at present. */
export function addSources(program: Command, context: CommandContext): void {
  const { terminal, installation, done } = context;
  const sources = program.command('sources').summary('source systems that are connected');
  const load = (): Promise<Commands> => import('./connected-sources.js');
  const declarations = (): Promise<Declarations> => import('./declare-sources.js');
  sources
    .command('validate')
    .summary('say everything that is wrong with declarations, offline')
    .argument('<file...>', 'YAML files, a source in each document')
    .option('--json', 'as JSON')
    .action(async (files: string[], options: FileOptions) =>
      done(await (await declarations()).validateSources(files, options, terminal)),
    );
  sources
    .command('apply')
    .summary('declare sources, or change them, as the files say')
    .argument('<file...>', 'YAML files, a source in each document')
    .option('--json', 'as JSON')
    .action(async (files: string[], options: FileOptions) =>
      done(await (await declarations()).applySources(files, options, await installation(), terminal)),
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
  addCoverage(sources, context);
  addQuality(sources, context);
  addSecrets(sources, about, context);
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
  { terminal, installation, done }: CommandContext,
): void {
  const load = (): Promise<Secrets> => import('./source-secrets.js');
  const secret = sources.command('secret').summary('credentials of a source: put in, never shown');
  about(secret.command('set <id> <name>').summary('give a credential'))
    .requiredOption('--secret-file <path>', 'file that holds it; - is standard input')
    .action(async (id: string, name: string, options: SecretOptions) => {
      done(await (await load()).setSecret(id, name, options, await installation(), terminal));
    });
  about(secret.command('list <id>').summary('their names, and since when')).action(
    async (id: string, options: SourceOptions) => {
      done(await (await load()).listSecrets(id, options, await installation(), terminal));
    },
  );
  about(secret.command('remove <id> <name>').summary('forget a credential')).action(
    async (id: string, name: string, options: SourceOptions) => {
      done(await (await load()).removeSecret(id, name, options, await installation(), terminal));
    },
  );
}

/** The unmapped report. */
function addCoverage(sources: Command, { terminal, installation, done }: CommandContext): void {
  sources
    .command('coverage <source>')
    .summary('what its messages carry and the mapping does not use')
    .option('--mapping-version <version>', 'of one version of the mapping')
    .option('--from <day>', 'from this day on')
    .option('--to <day>', 'up to and including this day')
    .option('--all', 'what is used as well')
    .option('--organisation <ura>', 'care provider (default: the one that declared the source)')
    .option('--json', 'as JSON')
    .action(async (source: string, options: CoverageOptions) => {
      const { showCoverage } = await import('../sources/coverage.js');
      done(await showCoverage(source, options, await installation(), terminal));
    });
}

function addQuality(sources: Command, { terminal, installation, done }: CommandContext): void {
  sources
    .command('quality <source>')
    .summary('how complete, coded, conformant and timely what it delivers is')
    .option('--from <day>', 'from this day on')
    .option('--to <day>', 'up to and including this day')
    .option('--organisation <ura>', 'care provider (default: the one that declared the source)')
    .option('--json', 'as JSON')
    .action(async (source: string, options: QualityOptions) => {
      const { showQuality } = await import('../sources/quality.js');
      done(await showQuality(source, options, await installation(), terminal));
    });
}
