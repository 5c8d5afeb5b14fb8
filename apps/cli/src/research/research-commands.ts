import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { CountOptions, DownloadOptions, SearchOptions } from './research-outputs.js';
import type { GrantOptions } from './research-permits.js';
import type { ResearchOptions } from './research.js';

const permits = (): Promise<typeof import('./research-permits.js')> => import('./research-permits.js');
const outputs = (): Promise<typeof import('./research-outputs.js')> => import('./research-outputs.js');

/** Research on data that stays at its source: for those who ask, who decide and who check. */
export function addResearch(program: Command, context: CommandContext): void {
  const research = program
    .command('research')
    .summary('ask, decide and check: research on data at its source');
  addPermits(research, context);
  addAssess(research, context);
  addCount(research, context);
  addOutput(research, context);
  addCheck(research, context);
}

function ofOwner(command: Command): Command {
  return command
    .requiredOption('--organisation <ura>', 'the organisation that acts')
    .option('--json', 'as JSON');
}

function addPermits(research: Command, { terminal, installation, done }: CommandContext): void {
  const group = research.command('permits').summary('what an organisation may use, and applies for');
  ofOwner(
    group.command('apply <file>').summary('apply for what the file says (JSON); - is standard input'),
  ).action(async (file: string, options: ResearchOptions) =>
    done(await (await permits()).applyForPermit(file, options, await installation(), terminal)),
  );
  ofOwner(group.command('list').summary('its own')).action(async (options: ResearchOptions) =>
    done(await (await permits()).listPermits(options, await installation(), terminal)),
  );
  ofOwner(group.command('show <permit>').summary('one of them, with its terms')).action(
    async (id: string, options: ResearchOptions) =>
      done(await (await permits()).showPermit(id, options, await installation(), terminal)),
  );
}

function addAssess(research: Command, { terminal, installation, done }: CommandContext): void {
  const group = research.command('assess').summary('decide what others may use');
  ofOwner(group.command('list').summary('all applications and permits')).action(
    async (options: ResearchOptions) =>
      done(await (await permits()).listToAssess(options, await installation(), terminal)),
  );
  ofOwner(group.command('grant <permit>').summary('it holds from now'))
    .requiredOption('--until <date>', 'when it ends: ten years from now at most')
    .action(async (id: string, options: GrantOptions) =>
      done(await (await permits()).grantPermit(id, options, await installation(), terminal)),
    );
  for (const [act, summary] of [
    ['reject', 'it will not hold'],
    ['withdraw', 'it holds no more, and what runs under it ends'],
  ] as const)
    ofOwner(group.command(`${act} <permit>`).summary(summary)).action(
      async (id: string, options: ResearchOptions) =>
        done(await (await permits()).decideOnPermit(act, id, options, await installation(), terminal)),
    );
}

function addCount(research: Command, { terminal, installation, done }: CommandContext): void {
  ofOwner(
    research
      .command('count <permit>')
      .summary('how many persons at all holders; exit code 1 when it is withheld or holders are missing'),
  )
    .requiredOption(
      '--where <condition...>',
      "dimension=value, at most three: 'diagnosis=http://snomed.info/sct|44054006' gender=female",
    )
    .action(async (permit: string, options: CountOptions) =>
      done(await (await outputs()).countPersons(permit, options, await installation(), terminal)),
    );
}

function addOutput(research: Command, { terminal, installation, done }: CommandContext): void {
  const group = research.command('output').summary('tables that are made under a permit');
  ofOwner(
    group
      .command('request <permit> <file>')
      .summary('ask for what the file says (JSON); - is standard input'),
  ).action(async (permit: string, file: string, options: ResearchOptions) =>
    done(await (await outputs()).requestOutput(permit, file, options, await installation(), terminal)),
  );
  ofOwner(group.command('list <permit>').summary('all under a permit; exit code 1 when some failed')).action(
    async (permit: string, options: ResearchOptions) =>
      done(await (await outputs()).listOutputs(permit, options, await installation(), terminal)),
  );
  ofOwner(group.command('show <output>').summary('one of them, its report and what is missing')).action(
    async (id: string, options: ResearchOptions) =>
      done(await (await outputs()).showOutput(id, options, await installation(), terminal)),
  );
  ofOwner(group.command('download <output>').summary('the file of one that was released'))
    .requiredOption('--to <file>', 'a file that is not there yet')
    .option(
      '--file <name>',
      'one of several, such as person.csv; manifest, signature or provenance of a release',
    )
    .action(async (id: string, options: DownloadOptions) =>
      done(await (await outputs()).downloadOutput(id, options, await installation(), terminal)),
    );
}

function addCheck(research: Command, { terminal, installation, done }: CommandContext): void {
  const group = research.command('check').summary('look at what is to leave the airlock');
  ofOwner(group.command('list').summary('what waits')).action(async (options: ResearchOptions) =>
    done(await (await outputs()).listToCheck(options, await installation(), terminal)),
  );
  ofOwner(group.command('download <output>').summary('the file of one that waits'))
    .requiredOption('--to <file>', 'a file that is not there yet')
    .option(
      '--file <name>',
      'one of several, such as person.csv; manifest, signature or provenance of a release',
    )
    .action(async (id: string, options: DownloadOptions) =>
      done(await (await outputs()).downloadToCheck(id, options, await installation(), terminal)),
    );
  for (const [act, summary] of [
    ['release', 'it may leave; holders are asked once more'],
    ['refuse', 'it may not, and is destroyed'],
  ] as const)
    ofOwner(group.command(`${act} <output>`).summary(summary)).action(
      async (id: string, options: ResearchOptions) =>
        done(await (await outputs()).decideOnOutput(act, id, options, await installation(), terminal)),
    );
  ofOwner(group.command('releases').summary('in which releases a person is'))
    .requiredOption('--pseudonym <pseudonym>', 'of the person in the project')
    .action(async (options: SearchOptions) =>
      done(await (await outputs()).findReleases(options, await installation(), terminal)),
    );
}
