import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { DirectOptions } from './direct-patients.js';
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

export function addDirect(program: Command, { terminal, installation, done }: CommandContext): void {
  const direct = program
    .command('direct')
    .summary("whose data is to be found at a care provider's own server, which is asked each time");
  const add = (name: string, method: 'PUT' | 'DELETE', summary: string): void => {
    direct
      .command(`${name} <file>`)
      .summary(
        `${summary}: one BSN on each line of the file, - for standard input; exit code 1 when any fails`,
      )
      .requiredOption('--organisation <ura>', 'care provider whose server it is')
      .action(async (file: string, options: DirectOptions) => {
        const { changeDirectPatients } = await import('./direct-patients.js');
        done(await changeDirectPatients(method, file, options, await installation(), terminal));
      });
  };
  add('enrol', 'PUT', 'register what the server has of these patients, and look again each day');
  add('withdraw', 'DELETE', 'register nothing of these patients any more');
}
