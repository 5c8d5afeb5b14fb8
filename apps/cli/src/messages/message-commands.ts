import { Option, type Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { ExplainOptions } from './explain.js';
import type { QuarantineOptions } from './quarantine.js';
import type { ReplayOptions } from './replay.js';

export function addQuarantine(program: Command, { terminal, installation, done }: CommandContext): void {
  const quarantine = program.command('quarantine').summary('messages that could not be used');
  const owned = (command: Command): Command =>
    command
      .option('--organisation <ura>', 'care provider (default: all of the development client)')
      .option('--json', 'as JSON');
  owned(quarantine.command('list').summary('all of them, with the reason')).action(
    async (options: QuarantineOptions) => {
      const { listQuarantine } = await import('./quarantine.js');
      done(await listQuarantine(options, await installation(), terminal));
    },
  );
  owned(quarantine.command('show <id>').summary('one of them, with everything known about it')).action(
    async (id: string, options: QuarantineOptions) => {
      const { showQuarantined } = await import('./quarantine.js');
      done(await showQuarantined(id, options, await installation(), terminal));
    },
  );
  owned(quarantine.command('replay <id>').summary('send it on again'))
    .option('--accept <code...>', 'objections that were weighed, such as conflicting-demographics')
    .action(async (id: string, options: QuarantineOptions) => {
      const { replayQuarantined } = await import('./quarantine.js');
      done(await replayQuarantined(id, options, await installation(), terminal));
    });
}

/** Messages that were received before: sending them on again. */
export function addReplay(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('replay')
    .summary('send messages of a source on again, or show what that would change')
    .description(
      'Maps messages of a source again, quarantined or not, under the mapping and settings of now, or by an earlier version of the\n' +
        'mapping. What the source said since stays. --dry-run shows resource by resource what would change, and changes nothing.',
    )
    .requiredOption('--source <id>', 'the source')
    .option('--from <time>', 'received from this time on (ISO 8601, or a day)')
    .option('--to <time>', 'received before this time')
    .option('--type <type>', 'ADT^A01, ADT for all its events, or a FHIR resource type')
    .option('--mapping-version <version>', 'mapped, or rejected, by this version of the mapping')
    .option('--quarantined', 'only what is in quarantine still')
    .option('--accept <code...>', 'objections that were weighed, such as conflicting-demographics')
    .option('--rate <number>', 'messages a second (default 200)')
    .option('--dry-run', 'show what would change; exit code 1 when messages would be rejected')
    .option('--map-by <version>', 'by this version of the mapping: its rules, and its tables')
    .option('--tables <version>', 'with --dry-run: by this set of code tables')
    .option('--limit <number>', 'messages that a dry run compares at most (default 1000)')
    .addOption(new Option('--no-wait', 'return at once; the replay goes on'))
    .option('--organisation <ura>', 'care provider (default: the one that declared the source)')
    .option('--json', 'as JSON')
    .action(async (options: ReplayOptions) => {
      const { replay } = await import('./replay.js');
      done(await replay(options, await installation(), terminal));
    });
}

/** Where what is held comes from. */
export function addExplain(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('explain')
    .summary('from which message, field and rule an element of a resource comes')
    .description(
      'Finds the message that a resource of the record was made of, and tries each of its places: those that change the element\n' +
        'when another text stands there (value), and those without which there is none (condition). Shows places, never patient data.',
    )
    .argument('<resource>', 'its reference: Observation/123')
    .argument('<path>', 'FHIRPath of the element: valueQuantity.unit, name[0].family')
    .option('--organisation <ura>', 'care provider (default: the one that holds the resource)')
    .option('--json', 'as JSON')
    .action(async (resource: string, path: string, options: ExplainOptions) => {
      const { explain } = await import('./explain.js');
      done(await explain(resource, path, options, await installation(), terminal));
    });
}
