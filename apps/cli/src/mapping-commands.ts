import type { Command } from 'commander';
import type { ActivateOptions, MappingOptions, TermsOptions } from './commands/mapping.js';
import type { Installation } from './installation.js';
import type { Terminal } from './terminal.js';

type Commands = typeof import('./commands/mapping.js');

/** Code tables as data: changed, tested and taken into use without a release. */
export function addMapping(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const mapping = program.command('mapping').summary('sets of code tables: test, take into use, take back');
  const load = (): Promise<Commands> => import('./commands/mapping.js');
  mapping
    .command('export <folder>')
    .summary('write the tables of this release into a folder, to be changed')
    .action(async (folder: string) => done(await (await load()).exportTables(folder, terminal)));
  mapping
    .command('validate <folder>')
    .summary('say everything that is wrong with a set, and run its tests; offline')
    .option('--json', 'as JSON')
    .action(async (folder: string, options: MappingOptions) =>
      done(await (await load()).validateTables(folder, options, terminal)),
    );
  mapping
    .command('activate <folder>')
    .summary('test a set, show what it changes in the last messages of sources, take it into use')
    .option('--source <id...>', 'sources to try it on')
    .option('--messages <number>', 'last messages of each source', '100')
    .option('--accept-rejections', 'also when messages would be rejected')
    .option('--dry-run', 'keep the set and show what it changes; do not take it into use')
    .option('--note <text>', 'why')
    .option('--json', 'as JSON')
    .action(async (folder: string, options: ActivateOptions) =>
      done(await (await load()).activateTables(folder, options, await installation(), terminal)),
    );
  mapping
    .command('list')
    .summary('all sets, and which is in use')
    .option('--json', 'as JSON')
    .action(async (options: MappingOptions) =>
      done(await (await load()).listTables(options, await installation(), terminal)),
    );
  mapping
    .command('show <version>')
    .summary('a set with its tables and tests, as JSON')
    .action(async (version: string) =>
      done(await (await load()).showTables(version, await installation(), terminal)),
    );
  mapping
    .command('terms')
    .summary('answers of the terminology server that messages are mapped by')
    .option('--version <number>', 'as they were at this version')
    .option('--withdraw <system|code>', 'use the answer about this code no longer, and ask no more')
    .option('--json', 'as JSON')
    .action(async (options: TermsOptions) =>
      done(await (await load()).showTerms(options, await installation(), terminal)),
    );
  mapping
    .command('rollback <version>')
    .summary('take an earlier set up again; 0 is the tables of the release')
    .option('--json', 'as JSON')
    .action(async (version: string, options: MappingOptions) =>
      done(await (await load()).rollBackTables(version, options, await installation(), terminal)),
    );
}
