import type { Command } from 'commander';
import type { SigningKeyOptions } from './commands/signing-keys.js';
import type { Installation } from './installation.js';
import type { Terminal } from './terminal.js';

/** The keys with which the authorisation server signs tokens, for its operator. */
export function addKeys(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const keys = program.command('keys').summary('the keys that access tokens are signed with');
  keys
    .command('list')
    .summary('the key that signs, the one that will, and those whose tokens may still live')
    .option('--json', 'as JSON')
    .action(async (options: SigningKeyOptions) => {
      const { listSigningKeys } = await import('./commands/signing-keys.js');
      done(await listSigningKeys(options, await installation(), terminal));
    });
  keys
    .command('rotate')
    .summary('publish a new key, which signs when everybody can know it')
    .option('--json', 'as JSON')
    .action(async (options: SigningKeyOptions) => {
      const { rotateSigningKeys } = await import('./commands/signing-keys.js');
      done(await rotateSigningKeys(options, await installation(), terminal));
    });
}
