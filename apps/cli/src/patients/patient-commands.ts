import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { QueryOptions } from './query.js';
import type { RegistrationsOptions } from './registrations.js';

/** What an application sees of a patient. */
export function addQuery(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('query')
    .summary('the view of one patient, as a professional sees it')
    .requiredOption(
      '--bsn <bsn>',
      'citizen service number; - reads it from standard input, which keeps it out of the shell history',
    )
    .option('--organisation <ura>', 'care provider that asks')
    .option('--role <code>', 'role code of the professional that asks')
    .option('--purpose <code>', 'purpose of use', 'TREAT')
    .option('--json', 'the view as JSON')
    .action(async (options: QueryOptions) => {
      const { query } = await import('./query.js');
      done(await query(options, await installation(), terminal));
    });
}

export function addRegistrations(program: Command, { terminal, installation, done }: CommandContext): void {
  const registrations = program.command('registrations').summary('what is registered at the reference index');
  registrations
    .command('status')
    .summary('how many, what is pending since when and why; exit code 1 when some fail')
    .option('--organisation <ura>', 'care provider (default: all of the development client)')
    .option('--json', 'as JSON')
    .action(async (options: RegistrationsOptions) => {
      const { registrationsStatus } = await import('./registrations.js');
      done(await registrationsStatus(options, await installation(), terminal));
    });
}
