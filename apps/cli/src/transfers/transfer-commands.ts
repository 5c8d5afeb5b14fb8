import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.js';
import type { ReasonOptions, TransferOptions } from './transfer.js';

type Commands = typeof import('./transfer.js');

/** What a care provider offers to others, and what others offer to it. */
export function addTransfer(program: Command, { terminal, installation, done }: CommandContext): void {
  const transfer = program.command('transfer').summary('refer a patient or hand one over, and receive');
  const load = (): Promise<Commands> => import('./transfer.js');
  const ofOwner = (command: Command): Command =>
    command.requiredOption('--organisation <ura>', 'the care provider that acts').option('--json', 'as JSON');
  ofOwner(
    transfer.command('offer <file>').summary('offer what the file says (JSON); - is standard input'),
  ).action(async (file: string, options: TransferOptions) =>
    done(await (await load()).offer(file, options, await installation(), terminal)),
  );
  ofOwner(transfer.command('list').summary('what is offered to others')).action(
    async (options: TransferOptions) =>
      done(await (await load()).list(options, await installation(), terminal)),
  );
  ofOwner(transfer.command('show <transfer>').summary('one of them, and what went wrong')).action(
    async (id: string, options: TransferOptions) =>
      done(await (await load()).showTransfer(id, options, await installation(), terminal)),
  );
  ofOwner(transfer.command('cancel <transfer>').summary('withdraw it'))
    .option('--reason <text>', 'why')
    .action(async (id: string, options: ReasonOptions) =>
      done(await (await load()).cancel(id, options, await installation(), terminal)),
    );
  ofOwner(
    transfer.command('select <transfer> <task>').summary('choose one candidate; the others are cancelled'),
  ).action(async (id: string, task: string, options: TransferOptions) =>
    done(await (await load()).select(id, task, options, await installation(), terminal)),
  );
  ofOwner(transfer.command('inbox [item]').summary('what others offer')).action(
    async (id: string | undefined, options: TransferOptions) =>
      done(await (await load()).inbox(id, options, await installation(), terminal)),
  );
  ofOwner(transfer.command('pull <item>').summary('pull what is listed')).action(
    async (id: string, options: TransferOptions) =>
      done(await (await load()).pull(id, options, await installation(), terminal)),
  );
  ofOwner(transfer.command('accept <item>').summary('accept what is offered')).action(
    async (id: string, options: TransferOptions) =>
      done(await (await load()).step(id, 'accepted', options, await installation(), terminal)),
  );
  ofOwner(
    transfer.command('step <item> <status>').summary('accepted, in-progress, completed, rejected or on-hold'),
  )
    .option('--reason <text>', 'why')
    .action(async (id: string, status: string, options: ReasonOptions) =>
      done(await (await load()).step(id, status, options, await installation(), terminal)),
    );
}
