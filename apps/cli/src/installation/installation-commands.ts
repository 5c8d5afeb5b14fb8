import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { AuditOptions } from './audit.js';
import type { SigningKeyOptions } from './signing-keys.js';
import type { TokenOptions } from './token.js';

/** An installation as those see it who operate it, and try it. */
export function addInstallation(program: Command, context: CommandContext): void {
  addToken(program, context);
  addStatus(program, context);
  addSigningKeys(program, context);
  addAudit(program, context);
}

function addToken(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('token')
    .summary('a development token for an organisation, role and purpose')
    .requiredOption('--organisation <ura>', 'care provider on whose behalf')
    .option(
      '--role <code>',
      'role code of the professional, such as 01.015; without it the organisation itself acts',
    )
    .option('--purpose <code>', 'purpose of use', 'TREAT')
    .option('--audience <url>', 'base URL of the service that the token is for (default: the query API)')
    .option('--scope <scopes>', 'scopes, separated by spaces', 'view:read')
    .option('--json', 'token, expiry and the private DPoP key as JSON')
    .action(async (options: TokenOptions) => {
      const { token } = await import('./token.js');
      done(await token(options, await installation(), terminal));
    });
}

function addStatus(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('status')
    .summary('state and figures of all services; exit code 1 when one is down')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { status } = await import('./status.js');
      done(await status(options, await installation(), terminal));
    });
}

/** The keys with which the authorisation server signs tokens, for its operator. */
function addSigningKeys(program: Command, { terminal, installation, done }: CommandContext): void {
  const keys = program.command('keys').summary('the keys that access tokens are signed with');
  keys
    .command('list')
    .summary('the key that signs, the one that will, and those whose tokens may still live')
    .option('--json', 'as JSON')
    .action(async (options: SigningKeyOptions) => {
      const { listSigningKeys } = await import('./signing-keys.js');
      done(await listSigningKeys(options, await installation(), terminal));
    });
  keys
    .command('rotate')
    .summary('publish a new key, which signs when everybody can know it')
    .option('--json', 'as JSON')
    .action(async (options: SigningKeyOptions) => {
      const { rotateSigningKeys } = await import('./signing-keys.js');
      done(await rotateSigningKeys(options, await installation(), terminal));
    });
}

function addAudit(program: Command, { terminal, installation, done }: CommandContext): void {
  program
    .command('audit')
    .summary('the audit trail')
    .command('verify')
    .summary('whether anything was changed or removed; exit code 1 when so')
    .option('--organisation <ura>', 'care provider (default: all of the development client)')
    .option('--json', 'as JSON')
    .action(async (options: AuditOptions) => {
      const { auditVerify } = await import('./audit.js');
      done(await auditVerify(options, await installation(), terminal));
    });
}
