import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Ura } from '@samenhang/data-model';
import type { Installation } from '../installation/installation.js';
import { organisationsOf, OrganisationApi } from '../installation/organisation-api.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface TransferOptions {
  readonly organisation: string;
  readonly json?: boolean;
}

export interface ReasonOptions extends TransferOptions {
  readonly reason?: string;
}

interface Delivery {
  readonly kind: string;
  readonly attempts: number;
  readonly deliveredAt: string | null;
  readonly lastFailure: string | null;
}

interface Transfer {
  readonly transfer: string;
  readonly kind: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly owner: string;
    readonly status: string;
    readonly businessStatus?: string;
    readonly statusReason?: string;
    readonly until: string;
    readonly deliveries: readonly Delivery[];
  }[];
}

interface InboxItem {
  readonly id: string;
  readonly sender: string;
  readonly kind: string;
  readonly status: string;
  readonly steps: readonly string[];
  readonly until: string | null;
  readonly pull: string;
  readonly failure: string | null;
  readonly requests?: readonly {
    readonly request: string;
    readonly state: string;
    readonly lastFailure: string | null;
  }[];
}

/** A care provider's transfers, as its own system may see and change them. */
class TransferApi {
  readonly #api: OrganisationApi;
  readonly #organisation: Ura;

  constructor(options: TransferOptions, installation: Installation) {
    const [organisation] = organisationsOf(options, installation);
    if (organisation === undefined) throw usage('--organisation must be a URA: 8 digits');
    this.#organisation = organisation;
    this.#api = new OrganisationApi(installation, 'transfer', 'transfer:manage');
  }

  get<T>(path: string): Promise<T> {
    return this.#api.ask<T>(this.#organisation, 'GET', `/tenants/${this.#organisation}/${path}`);
  }

  post<T>(path: string, body: object | string = {}): Promise<T> {
    return this.#api.ask<T>(this.#organisation, 'POST', `/tenants/${this.#organisation}/${path}`, {
      type: 'application/json',
      text: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }
}

/** The offer is a file, or standard input: a BSN has no place on a command line. */
export async function offer(
  file: string,
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const content = file === '-' ? await text(terminal.input) : await readOffer(file);
  const made = await new TransferApi(options, installation).post<Transfer>('transfers', content);
  return show([made], options, terminal);
}

async function readOffer(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw usage(`${file} cannot be read`);
  }
}

export async function list(
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { transfers } = await new TransferApi(options, installation).get<{ transfers: Transfer[] }>(
    'transfers',
  );
  return show(transfers, options, terminal);
}

/** Exit code 1 when a Task of it failed. */
export async function showTransfer(
  id: string,
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const found = await new TransferApi(options, installation).get<Transfer>(`transfers/${idOf(id)}`);
  const exitCode = show([found], options, terminal);
  if (options.json !== true)
    for (const { owner, statusReason, deliveries } of found.tasks) {
      if (statusReason !== undefined) terminal.note(`${owner}: ${statusReason}`);
      for (const { kind, attempts, lastFailure } of deliveries)
        if (lastFailure !== null) terminal.note(`${owner}: ${kind}, ${attempts} attempts: ${lastFailure}`);
    }
  return exitCode;
}

export async function cancel(
  id: string,
  options: ReasonOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { reason } = options;
  const body = reason === undefined ? {} : { reason };
  const path = `transfers/${idOf(id)}/cancel`;
  return show([await new TransferApi(options, installation).post<Transfer>(path, body)], options, terminal);
}

export async function select(
  id: string,
  task: string,
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const path = `transfers/${idOf(id)}/select`;
  return show(
    [await new TransferApi(options, installation).post<Transfer>(path, { task: idOf(task) })],
    options,
    terminal,
  );
}

export async function inbox(
  id: string | undefined,
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const api = new TransferApi(options, installation);
  if (id === undefined)
    return showItems((await api.get<{ items: InboxItem[] }>('inbox')).items, options, terminal);
  return showItems([await api.get<InboxItem>(`inbox/${idOf(id)}`)], options, terminal);
}

export async function pull(
  id: string,
  options: TransferOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const item = await new TransferApi(options, installation).post<InboxItem>(`inbox/${idOf(id)}/pull`);
  return showItems([item], options, terminal);
}

export async function step(
  id: string,
  status: string,
  options: ReasonOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const { reason } = options;
  const item = await new TransferApi(options, installation).post<InboxItem>(`inbox/${idOf(id)}/steps`, {
    status,
    ...(reason === undefined ? {} : { reason }),
  });
  return showItems([item], options, terminal);
}

function show(transfers: readonly Transfer[], { json }: TransferOptions, terminal: Terminal): number {
  if (json === true) terminal.print(JSON.stringify({ transfers }));
  else
    printTable(
      terminal,
      ['TRANSFER', 'KIND', 'TASK', 'FOR', 'STATUS', 'UNTIL', 'TOLD'],
      transfers.flatMap(({ transfer, kind, tasks }) =>
        tasks.map(({ id, owner, status, businessStatus, until, deliveries }) => [
          transfer,
          kind,
          id,
          owner,
          businessStatus === undefined ? status : `${status} (${businessStatus})`,
          until,
          `${deliveries.filter(({ deliveredAt }) => deliveredAt !== null).length} of ${deliveries.length}`,
        ]),
      ),
    );
  return transfers.some(({ tasks }) => tasks.some(({ status }) => status === 'failed')) ? 1 : 0;
}

function showItems(items: readonly InboxItem[], { json }: TransferOptions, terminal: Terminal): number {
  if (json === true) terminal.print(JSON.stringify({ items }));
  else {
    printTable(
      terminal,
      ['ITEM', 'FROM', 'KIND', 'STATUS', 'UNTIL', 'PULLED', 'STEPS'],
      items.map(({ id, sender, kind, status, until, pull: state, steps }) => [
        id,
        sender,
        kind,
        status,
        until ?? '',
        state,
        steps.join(' '),
      ]),
    );
    for (const { failure, requests = [] } of items) {
      if (failure !== null) terminal.note(failure);
      for (const { request, state, lastFailure } of requests)
        terminal.print(`  ${state} ${request}${lastFailure === null ? '' : `: ${lastFailure}`}`);
    }
  }
  return items.some(({ pull: state }) => state === 'failed') ? 1 : 0;
}

function idOf(id: string): string {
  if (!/^[\da-f-]{36}$/.test(id)) throw usage('an id is a UUID, as list and inbox show it');
  return id;
}
