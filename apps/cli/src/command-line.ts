import { Failure } from '@samenhang/errors';
import { Command, CommanderError } from 'commander';
import { CommandFailure } from './command-failure.js';
import type { AuditOptions } from './commands/audit.js';
import type { NormaliseOptions } from './commands/normalise.js';
import type {
  AddKeyOptions,
  DestroyKeyOptions,
  KeyOptions,
  RetireKeyOptions,
} from './commands/pseudonym-keys.js';
import type { BlindOptions, EvaluateOptions, UnblindOptions } from './commands/pseudonym.js';
import type { QuarantineOptions } from './commands/quarantine.js';
import type { QueryOptions } from './commands/query.js';
import type { RegistrationsOptions } from './commands/registrations.js';
import type { TokenOptions } from './commands/token.js';
import { addExplain, addReplay } from './flow-commands.js';
import { addKeys } from './key-commands.js';
import { addMapping } from './mapping-commands.js';
import { addResearch } from './research-commands.js';
import { addSources } from './sources-commands.js';
import { addTransfer } from './transfer-commands.js';
import { defaultDataDirectory } from './data-directory.js';
import type { Installation, InstallationOptions } from './installation.js';
import type { Terminal } from './terminal.js';

/** Runs one command. Exit code 0: done; 1: it failed or found a fault; 2: wrong usage. */
export async function runCommandLine(parameters: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = createProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(parameters, { from: 'user' });
    return exitCode;
  } catch (error) {
    return reportFailure(error, terminal);
  }
}

function reportFailure(error: unknown, terminal: Terminal): number {
  // Commander has printed its own message, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  terminal.note(`samenhang: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Failure)
    for (const { text } of error.issues) if (text !== error.message) terminal.note(`  ${text}`);
  return error instanceof CommandFailure ? error.exitCode : 1;
}

function createProgram(terminal: Terminal, done: (exitCode: number) => void): Command {
  const program = new Command('samenhang')
    .description('Connect sources to Samenhang and operate it')
    .option('--port-base <number>', 'first port of the installation (default 8600, or SAMENHANG_PORT_BASE)')
    .option(
      '--data-dir <path>',
      `where the installation keeps its data (default ${defaultDataDirectory()}, or SAMENHANG_DATA_DIR)`,
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .showHelpAfterError('(samenhang --help shows what is possible)');
  // Each command loads what it needs when it runs: help and offline work must not wait for the platform's libraries.
  const installation = async (): Promise<Installation> =>
    new (await import('./installation.js')).Installation(program.opts<InstallationOptions>());
  addNormalise(program, terminal, done);
  addAsking(program, terminal, installation, done);
  addQuarantine(program, terminal, installation, done);
  addReplay(program, terminal, installation, done);
  addExplain(program, terminal, installation, done);
  addKeys(program, terminal, installation, done);
  addMapping(program, terminal, installation, done);
  addSources(program, terminal, installation, done);
  addTransfer(program, terminal, installation, done);
  addResearch(program, terminal, installation, done);
  addRegistrations(program, terminal, installation, done);
  addAudit(program, terminal, installation, done);
  addPseudonymKeys(addPseudonym(program, terminal, done), terminal, installation, done);
  return program;
}

function addNormalise(program: Command, terminal: Terminal, done: (exitCode: number) => void): void {
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
      const { normalise } = await import('./commands/normalise.js');
      done(await normalise(files, options, terminal));
    });
}

function addAsking(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
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
      const { token } = await import('./commands/token.js');
      done(await token(options, await installation(), terminal));
    });
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
      const { query } = await import('./commands/query.js');
      done(await query(options, await installation(), terminal));
    });
  program
    .command('status')
    .summary('state and figures of all services; exit code 1 when one is down')
    .option('--json', 'as JSON')
    .action(async (options: { json?: boolean }) => {
      const { status } = await import('./commands/status.js');
      done(await status(options, await installation(), terminal));
    });
}

function addQuarantine(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const quarantine = program.command('quarantine').summary('messages that could not be used');
  const owned = (command: Command): Command =>
    command
      .option('--organisation <ura>', 'care provider (default: all of the development client)')
      .option('--json', 'as JSON');
  owned(quarantine.command('list').summary('all of them, with the reason')).action(
    async (options: QuarantineOptions) => {
      const { listQuarantine } = await import('./commands/quarantine.js');
      done(await listQuarantine(options, await installation(), terminal));
    },
  );
  owned(quarantine.command('show <id>').summary('one of them, with everything known about it')).action(
    async (id: string, options: QuarantineOptions) => {
      const { showQuarantined } = await import('./commands/quarantine.js');
      done(await showQuarantined(id, options, await installation(), terminal));
    },
  );
  owned(quarantine.command('replay <id>').summary('send it on again'))
    .option('--accept <code...>', 'objections that were weighed, such as conflicting-demographics')
    .action(async (id: string, options: QuarantineOptions) => {
      const { replayQuarantined } = await import('./commands/quarantine.js');
      done(await replayQuarantined(id, options, await installation(), terminal));
    });
}

function addRegistrations(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const registrations = program.command('registrations').summary('what is registered at the reference index');
  registrations
    .command('status')
    .summary('how many, what is pending since when and why; exit code 1 when some fail')
    .option('--organisation <ura>', 'care provider (default: all of the development client)')
    .option('--json', 'as JSON')
    .action(async (options: RegistrationsOptions) => {
      const { registrationsStatus } = await import('./commands/registrations.js');
      done(await registrationsStatus(options, await installation(), terminal));
    });
}

function addAudit(
  program: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  program
    .command('audit')
    .summary('the audit trail')
    .command('verify')
    .summary('whether anything was changed or removed; exit code 1 when so')
    .option('--organisation <ura>', 'care provider (default: all of the development client)')
    .option('--json', 'as JSON')
    .action(async (options: AuditOptions) => {
      const { auditVerify } = await import('./commands/audit.js');
      done(await auditVerify(options, await installation(), terminal));
    });
}

/** Each step of the pseudonymisation by hand, offline, with given keys and factors; values in hexadecimal or base64. */
function addPseudonym(program: Command, terminal: Terminal, done: (exitCode: number) => void): Command {
  const pseudonym = program
    .command('pseudonym')
    .summary('the steps of pseudonymisation by hand (RFC 9497), and the keys of recipients');
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
      const { blindByHand } = await import('./commands/pseudonym.js');
      done(await blindByHand(options, terminal));
    });
  pseudonym
    .command('evaluate')
    .summary('what the service does with its key')
    .requiredOption('--key <scalar>', 'key of the service')
    .requiredOption('--element <element>', 'blinded element')
    .action(async (options: EvaluateOptions) => {
      const { evaluateByHand } = await import('./commands/pseudonym.js');
      done(evaluateByHand(options, terminal));
    });
  pseudonym
    .command('unblind')
    .summary('what the recipient does: the result is the pseudonym')
    .requiredOption('--factor <scalar>', 'blind factor')
    .requiredOption('--element <element>', 'evaluated element')
    .action(async (options: UnblindOptions) => {
      const { unblindByHand } = await import('./commands/pseudonym.js');
      done(unblindByHand(options, terminal));
    });
  return pseudonym;
}

/** Versions of a recipient's key at the pseudonymisation service, for its operator. */
function addPseudonymKeys(
  pseudonym: Command,
  terminal: Terminal,
  installation: () => Promise<Installation>,
  done: (exitCode: number) => void,
): void {
  const keys = pseudonym.command('keys').summary('versions of the key for a recipient');
  const about = (command: Command): Command =>
    command
      .option('--organisation <name>', 'recipient (default: the reference index)')
      .option('--scope <name>', 'scope of the recipient (default: that of the reference index)')
      .option('--json', 'as JSON');
  about(keys.command('list').summary('all of them, and what has become of them')).action(
    async (options: KeyOptions) => {
      const { listKeys } = await import('./commands/pseudonym-keys.js');
      done(await listKeys(options, await installation(), terminal));
    },
  );
  about(keys.command('add').summary('another one, beside those that are active'))
    .option(
      '--active-from <time>',
      'RFC 3339, e.g. 2027-01-01T02:00:00+01:00 (default: as soon as all know it)',
    )
    .action(async (options: AddKeyOptions) => {
      const { addKey } = await import('./commands/pseudonym-keys.js');
      done(await addKey(options, await installation(), terminal));
    });
  about(keys.command('retire <version>').summary('evaluate with it no more; a newer one must take over'))
    .option('--at <time>', 'RFC 3339 (default: now)')
    .action(async (version: string, options: RetireKeyOptions) => {
      const { retireKey } = await import('./commands/pseudonym-keys.js');
      done(await retireKey(version, options, await installation(), terminal));
    });
  about(
    keys
      .command('destroy <version>')
      .summary('for good, once it is retired and its recipient has released it'),
  )
    .option('--rekeyed', 'you vouch that the recipient keeps nothing under it, though it has not said so')
    .action(async (version: string, options: DestroyKeyOptions) => {
      const { destroyKey } = await import('./commands/pseudonym-keys.js');
      done(await destroyKey(version, options, await installation(), terminal));
    });
}
