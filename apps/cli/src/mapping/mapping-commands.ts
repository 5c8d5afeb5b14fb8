import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { NormaliseOptions } from './normalise.js';
import type { ActivateOptions, MappingOptions, TermsOptions } from './table-sets.js';

type Commands = typeof import('./table-sets.js');

/** Code tables as data: changed, tested and taken into use without a release. */
export function addMapping(program: Command, { terminal, installation, done }: CommandContext): void {
  const mapping = program.command('mapping').summary('sets of code tables: test, take into use, take back');
  const load = (): Promise<Commands> => import('./table-sets.js');
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

export function addNormalise(program: Command, { terminal, done }: CommandContext): void {
  program
    .command('normalise')
    .summary('turn source files into zib FHIR resources, offline')
    .description(
      'Turns files of a source system (HL7 v2, FHIR JSON, NDJSON) into FHIR resources of the Dutch profiles: NDJSON on standard\n' +
        'output, one line per problem on standard error. Exit code 0: every message accepted; 1: some rejected; 2: wrong usage.',
    )
    .argument('<file...>', 'files to read; - is standard input')
    .option(
      '--format <format>',
      'ndjson (FHIR R4, zib 2020), stu3 (BgZ 2017) or ips (International Patient Summary)',
      'ndjson',
    )
    .option('--source <config>', 'YAML file that describes the source: tenant, sourceId, settings')
    .option('--tables <folder>', 'set of code tables to map by (samenhang mapping export)')
    .option('--mapping-version <version>', 'by the rules and tables of this release of the mapping')
    .option('--releases <folder>', 'where releases of the mapping are kept (default: MAPPING_RELEASES)')
    .action(async (files: string[], options: NormaliseOptions) => {
      const { normalise } = await import('./normalise.js');
      done(await normalise(files, options, terminal));
    });
}
