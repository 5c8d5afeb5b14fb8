import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { AddKeyOptions, DestroyKeyOptions, KeyOptions, RetireKeyOptions } from './pseudonym-keys.js';
import type { BlindOptions, EvaluateOptions, UnblindOptions } from './pseudonym.js';

export function addPseudonyms(program: Command, context: CommandContext): void {
  const pseudonym = program
    .command('pseudonym')
    .summary('the steps of pseudonymisation by hand (RFC 9497), and the keys of recipients');
  addSteps(pseudonym, context);
  addKeys(pseudonym, context);
}

/** Each step of the pseudonymisation by hand, offline, with given keys and factors; values in hexadecimal or base64. */
function addSteps(pseudonym: Command, { terminal, done }: CommandContext): void {
  pseudonym
    .command('blind')
    .summary('from a person to what the pseudonymisation service gets')
    .option('--bsn <bsn>', 'citizen service number; - reads it from standard input')
    .option('--input <bytes>', 'an input of your own instead of a person')
    .option(
      '--organisation <name>',
      'recipient, such as oin:00000099000000001000 (default: the reference index)',
    )
    .option('--scope <name>', 'scope of the recipient (default: that of the reference index)')
    .option('--factor <scalar>', 'blind factor (default: a random one)')
    .action(async (options: BlindOptions) => {
      const { blindByHand } = await import('./pseudonym.js');
      done(await blindByHand(options, terminal));
    });
  pseudonym
    .command('evaluate')
    .summary('what the service does with its key')
    .requiredOption('--key <scalar>', 'key of the service')
    .requiredOption('--element <element>', 'blinded element')
    .action(async (options: EvaluateOptions) => {
      const { evaluateByHand } = await import('./pseudonym.js');
      done(evaluateByHand(options, terminal));
    });
  pseudonym
    .command('unblind')
    .summary('what the recipient does: the result is the pseudonym')
    .requiredOption('--factor <scalar>', 'blind factor')
    .requiredOption('--element <element>', 'evaluated element')
    .action(async (options: UnblindOptions) => {
      const { unblindByHand } = await import('./pseudonym.js');
      done(unblindByHand(options, terminal));
    });
}

/** Versions of a recipient's key at the pseudonymisation service, for its operator. */
function addKeys(pseudonym: Command, { terminal, installation, done }: CommandContext): void {
  const keys = pseudonym.command('keys').summary('versions of the key for a recipient');
  const about = (command: Command): Command =>
    command
      .option('--organisation <name>', 'recipient (default: the reference index)')
      .option('--scope <name>', 'scope of the recipient (default: that of the reference index)')
      .option('--json', 'as JSON');
  about(keys.command('list').summary('all of them, and what has become of them')).action(
    async (options: KeyOptions) => {
      const { listKeys } = await import('./pseudonym-keys.js');
      done(await listKeys(options, await installation(), terminal));
    },
  );
  about(keys.command('add').summary('another one, beside those that are active'))
    .option(
      '--active-from <time>',
      'RFC 3339, e.g. 2027-01-01T02:00:00+01:00 (default: as soon as all know it)',
    )
    .action(async (options: AddKeyOptions) => {
      const { addKey } = await import('./pseudonym-keys.js');
      done(await addKey(options, await installation(), terminal));
    });
  about(keys.command('retire <version>').summary('evaluate with it no more; a newer one must take over'))
    .option('--at <time>', 'RFC 3339 (default: now)')
    .action(async (version: string, options: RetireKeyOptions) => {
      const { retireKey } = await import('./pseudonym-keys.js');
      done(await retireKey(version, options, await installation(), terminal));
    });
  about(
    keys
      .command('destroy <version>')
      .summary('for good, once it is retired and its recipient has released it'),
  )
    .option('--rekeyed', 'you vouch that the recipient keeps nothing under it, though it has not said so')
    .action(async (version: string, options: DestroyKeyOptions) => {
      const { destroyKey } = await import('./pseudonym-keys.js');
      done(await destroyKey(version, options, await installation(), terminal));
    });
}
