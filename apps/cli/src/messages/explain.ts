import { Failure } from '@samenhang/errors';
import type { Installation } from '../installation/installation.js';
import { organisationsOf, OrganisationApi } from '../installation/organisation-api.js';
import { CommandFailure } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';

export interface ExplainOptions {
  readonly organisation?: string;
  readonly json?: boolean;
}

interface Explanation {
  readonly message: {
    readonly messageId: string;
    readonly source: string;
    readonly position: number;
    readonly controlId: string | null;
    readonly receivedAt: string;
  };
  readonly madeBy: string;
  readonly mappingVersion: string;
  readonly from: 'source' | 'setting' | 'rule';
  readonly places: readonly {
    readonly path: string;
    readonly bytes?: { readonly start: number; readonly end: number };
    readonly effect: string;
  }[];
  readonly settings: readonly { readonly name: string; readonly effect: string }[];
  readonly rule: {
    readonly format: string;
    readonly profile?: string;
    readonly tables: readonly { readonly table: string; readonly entry: string }[];
  };
  readonly complete: boolean;
}

const origins = {
  source: 'from the message',
  setting: 'from the settings of the source',
  rule: 'from the rule itself',
} as const;

/** Says from which message, and which places of it, an element of a resource comes. */
export async function explain(
  resource: string,
  path: string,
  options: ExplainOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const explanation = await ask(resource, path, options, installation);
  if (options.json === true) terminal.print(JSON.stringify(explanation));
  else print(`${resource} ${path}`, explanation, terminal);
  return 0;
}

/** Without --organisation the care provider that holds the resource is looked for. */
async function ask(
  resource: string,
  path: string,
  options: ExplainOptions,
  installation: Installation,
): Promise<Explanation> {
  const ingest = new OrganisationApi(installation, 'ingest', 'ingest:admin');
  const text = JSON.stringify({ resource, path });
  let found: Failure | undefined;
  for (const organisation of organisationsOf(options, installation)) {
    try {
      return await ingest.ask(organisation, 'POST', '/explanations', { type: 'application/json', text });
    } catch (error) {
      if (!(error instanceof Failure) || error.kind !== 'not-found') throw error;
      found = error.message === 'There is no such resource' ? (found ?? error) : error;
    }
  }
  throw new CommandFailure(found?.message ?? 'There is no such resource');
}

function print(element: string, explanation: Explanation, terminal: Terminal): void {
  const { message, from, places, settings, rule, madeBy, mappingVersion, complete } = explanation;
  terminal.print(`${element}: ${origins[from]}`);
  const control = message.controlId === null ? '' : `, control id ${message.controlId}`;
  terminal.print(
    `Message ${message.messageId}${control}: source ${message.source}, position ${String(message.position)}, ${message.receivedAt}`,
  );
  terminal.print(`Rule: ${rule.format} to ${rule.profile ?? 'base R4'}, mapping ${mappingVersion}`);
  if (madeBy !== mappingVersion) terminal.print(`The resource as it is held was made by mapping ${madeBy}.`);
  const rows = [
    ...places.map(({ path, bytes, effect }) => [
      effect,
      path,
      bytes === undefined ? '' : `bytes ${String(bytes.start)} to ${String(bytes.end)}`,
    ]),
    ...settings.map(({ name, effect }) => [effect, `settings ${name}`, '']),
    ...rule.tables.map(({ table, entry }) => ['table', `${table}: ${entry}`, '']),
  ];
  if (rows.length > 0) printTable(terminal, ['WHAT', 'WHERE', 'BYTES'], rows);
  if (!complete) terminal.print('The message is so large that not each of its places was tried.');
}
