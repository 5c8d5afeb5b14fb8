import type { Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { Installation } from '../installation/installation.js';
import { organisationsOf, OrganisationApi } from '../installation/organisation-api.js';
import { CommandFailure } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface QuarantineOptions {
  readonly organisation?: string;
  readonly json?: boolean;
  readonly accept?: readonly string[];
}

interface Entry {
  readonly id: string;
  readonly sourceId: string;
  readonly stage: string;
  readonly reasonCode: string;
  readonly location: string;
  readonly text: string;
  readonly receivedAt: string;
  readonly replayedAt: string | null;
  readonly [field: string]: unknown;
}

/** Lists the messages that could not be used, of one care provider or of all that the development client acts for. */
export async function listQuarantine(
  options: QuarantineOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const ingest = ingestOf(installation);
  const found: (Entry & { organisation: Ura })[] = [];
  for (const organisation of organisationsOf(options, installation)) {
    for (const entry of await listAll(ingest, organisation)) found.push({ organisation, ...entry });
  }
  if (options.json === true) terminal.print(JSON.stringify({ entries: found }));
  else if (found.length === 0) terminal.print('The quarantine is empty.');
  else
    printTable(
      terminal,
      ['ID', 'ORGANISATION', 'SOURCE', 'STAGE', 'REASON', 'LOCATION', 'TEXT', 'REPLAYED'],
      found.map(row),
    );
  return 0;
}

export async function showQuarantined(
  id: string,
  options: QuarantineOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const ingest = ingestOf(installation);
  const entry = await atOwner(options, installation, (organisation) =>
    ingest.ask<Entry>(organisation, 'GET', `/quarantine/${encodeURIComponent(id)}`),
  );
  terminal.print(JSON.stringify(entry, null, options.json === true ? 0 : 2));
  return 0;
}

/** Sends a message on again, after the mapping or the source's settings were mended. */
export async function replayQuarantined(
  id: string,
  options: QuarantineOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const ingest = ingestOf(installation);
  const text = JSON.stringify({ accepting: options.accept ?? [] });
  const content = { type: 'application/json', text };
  const answer = await atOwner(options, installation, (organisation) =>
    ingest.ask<{ messageId: string }>(
      organisation,
      'POST',
      `/quarantine/${encodeURIComponent(id)}/replay`,
      content,
    ),
  );
  terminal.print(options.json === true ? JSON.stringify(answer) : `Replayed as message ${answer.messageId}`);
  return 0;
}

function row(entry: Entry & { organisation: Ura }): string[] {
  const { id, organisation, sourceId, stage, reasonCode, location, text, replayedAt } = entry;
  return [id, organisation, sourceId, stage, reasonCode, location, text, replayedAt ?? ''];
}

/** A care provider sees its own quarantine only: without --organisation the owner is looked for. */
async function atOwner<T>(
  options: QuarantineOptions,
  installation: Installation,
  act: (organisation: Ura) => Promise<T>,
): Promise<T> {
  for (const organisation of organisationsOf(options, installation)) {
    try {
      return await act(organisation);
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
    }
  }
  throw new CommandFailure('There is no such quarantine entry');
}

function ingestOf(installation: Installation): OrganisationApi {
  return new OrganisationApi(installation, 'ingest', 'ingest:admin');
}

/** All entries of a care provider, page after page. */
async function listAll(ingest: OrganisationApi, organisation: Ura): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let path: string | undefined = '/quarantine'; path !== undefined;) {
    const page: { entries: Entry[]; next?: string } = await ingest.ask(organisation, 'GET', path);
    entries.push(...page.entries);
    path = page.next;
  }
  return entries;
}
