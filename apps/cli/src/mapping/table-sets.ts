import {
  mappingWithTables,
  readTableSet,
  readTableTests,
  releasedTables,
  runTableTests,
} from '@samenhang/mapping';
import type { Installation } from '../installation/installation.js';
import { organisationsOf, OrganisationApi } from '../installation/organisation-api.js';
import { compare, printComparison, rejectedIn } from '../messages/replay.js';
import { atOwner } from '../sources/source-owner.js';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';
import { printTable } from '../terminal/text-table.js';
import { readTableFolder, writeTableFolder, type TableFolder } from './table-folder.js';

export interface MappingOptions {
  readonly json?: boolean;
}

export interface TermsOptions extends MappingOptions {
  readonly version?: string;
  readonly withdraw?: string;
}

export interface ActivateOptions extends MappingOptions {
  readonly source?: readonly string[];
  readonly messages: string;
  readonly acceptRejections?: boolean;
  readonly dryRun?: boolean;
  readonly note?: string;
}

interface TableSet {
  readonly version: number;
  readonly digest: string;
  readonly files: readonly string[];
  readonly tests: number;
  readonly note: string;
  readonly copyOf: number | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly activatedAt: string | null;
}

/** Reads a set and runs its tests, offline. Exit code 1 when something is wrong with it. */
export async function validateTables(
  folder: string,
  options: MappingOptions,
  terminal: Terminal,
): Promise<number> {
  const problems = problemsOf(await readTableFolder(folder));
  if (options.json === true) terminal.print(JSON.stringify({ problems }));
  else
    for (const { file, entry, text } of problems) terminal.note(`${folder}/${file}.json: ${entry} ${text}`);
  if (problems.length === 0 && options.json !== true)
    terminal.print('The tables are valid and pass their tests.');
  return problems.length === 0 ? 0 : 1;
}

function problemsOf({ files, tests }: TableFolder): { file: string; entry: string; text: string }[] {
  const read = readTableSet(files);
  const cases = readTableTests(tests);
  const problems = [read, cases].flatMap((one) => ('problems' in one ? one.problems : []));
  if (problems.length > 0 || !('set' in read) || !('tests' in cases)) return [...problems];
  return runTableTests(cases.tests, mappingWithTables(read.set, 0));
}

/** The tables of this release, for a first set: remove what stays as it is. */
export async function exportTables(folder: string, terminal: Terminal): Promise<number> {
  for (const file of await writeTableFolder(folder, { ...releasedTables })) terminal.print(file);
  return 0;
}

/**
 * Puts a set in, shows what it would change in the last messages of the sources, and takes it into use. Exit code 1, and the
 * set of before stays in use, when messages would be rejected.
 */
export async function activateTables(
  folder: string,
  options: ActivateOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  if (!/^[1-9]\d{0,5}$/.test(options.messages)) throw usage('--messages must be a whole number from 1');
  const { note = '' } = options;
  const added = await ask<TableSet>(installation, 'POST', '', { ...(await readTableFolder(folder)), note });
  const isTried = await tryOnSources(added.version, options, installation, terminal);
  if (!isTried && options.acceptRejections !== true) {
    terminal.note(
      `Set ${String(added.version)} is not in use: messages would be rejected (--accept-rejections).`,
    );
    return 1;
  }
  if (options.dryRun === true) {
    terminal.print(`Set ${String(added.version)} is kept and not in use.`);
    return 0;
  }
  show([await ask<TableSet>(installation, 'POST', `/${String(added.version)}/activate`)], options, terminal);
  return 0;
}

async function tryOnSources(
  version: number,
  { source = [], messages, json }: ActivateOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<boolean> {
  const latest = Number(messages);
  let isFine = true;
  for (const id of source) {
    const { api, tenant } = await atOwner(id, {}, installation);
    const order = { source: id, latest };
    const now = await compare(order, latest, tenant, api);
    const then = await compare({ ...order, tables: version }, latest, tenant, api);
    if (json !== true) {
      terminal.print(`Source ${id} under set ${String(version)}:`);
      printComparison(then, terminal);
    }
    isFine = isFine && rejectedIn(then) <= rejectedIn(now);
  }
  return isFine;
}

export async function listTables(
  options: MappingOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const listed = await ask<{ rules: string; active: number | null; sets: TableSet[] }>(
    installation,
    'GET',
    '',
  );
  if (options.json === true) {
    terminal.print(JSON.stringify(listed));
    return 0;
  }
  const { rules, active, sets } = listed;
  terminal.print(
    `In use: rules ${rules}, ${active === null ? 'tables of the release' : `set ${String(active)}`}`,
  );
  if (sets.length > 0) show(sets, options, terminal);
  return 0;
}

export async function showTables(
  version: string,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  terminal.print(JSON.stringify(await ask(installation, 'GET', `/${readVersion(version)}`), undefined, 2));
  return 0;
}

interface Translation {
  readonly binding: string;
  readonly system: string;
  readonly code: string;
  readonly target: { readonly system: string; readonly code: string; readonly display?: string } | null;
  readonly version: number;
  readonly answeredAt: string;
}

interface Supplement {
  readonly version: number;
  readonly translations: readonly Translation[];
}

/** What a terminology server answered, as it is pinned: a later answer to a question takes the place of an earlier one. */
export async function showTerms(
  { version, withdraw, json }: TermsOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  if (version !== undefined && !/^\d{1,9}$/.test(version)) throw usage('--version must be a whole number');
  const query = version === undefined ? '' : `?version=${version}`;
  const shown = await (withdraw === undefined
    ? askNormalise<Supplement>(installation, 'GET', `/term-supplement${query}`)
    : askNormalise<Supplement>(installation, 'POST', '/term-supplement/withdrawals', readCoding(withdraw)));
  if (json === true) {
    terminal.print(JSON.stringify(shown));
    return 0;
  }
  terminal.print(`Version ${String(shown.version)}: ${String(shown.translations.length)} translations`);
  const rows = shown.translations.map(({ binding, system, code, target, version, answeredAt }) => [
    binding,
    `${system}|${code}`,
    target === null ? 'withdrawn' : `${target.system}|${target.code}`,
    target?.display ?? '',
    String(version),
    answeredAt,
  ]);
  const header = ['BINDING', 'CODE', 'SAYS THE SAME', 'DISPLAY', 'VERSION', 'ANSWERED'];
  if (rows.length > 0) printTable(terminal, header, rows);
  return 0;
}

function readCoding(text: string): { system: string; code: string } {
  const [, system, code] = /^(\S+)\|(.+)$/.exec(text) ?? [];
  if (system === undefined || code === undefined)
    throw usage('--withdraw names a system and a code: http://example.org/codes|123');
  return { system, code };
}

/** Takes an earlier set up again; 0 is the tables of the release. */
export async function rollBackTables(
  version: string,
  options: MappingOptions,
  installation: Installation,
  terminal: Terminal,
): Promise<number> {
  const path = `/${version === '0' ? '0' : readVersion(version)}/rollback`;
  show([await ask<TableSet>(installation, 'POST', path)], options, terminal);
  return 0;
}

function readVersion(text: string): string {
  if (/^[1-9]\d{0,8}$/.test(text)) return text;
  throw usage('A version is a whole number from 1');
}

function show(sets: readonly TableSet[], { json }: MappingOptions, terminal: Terminal): void {
  if (json === true) return terminal.print(JSON.stringify({ sets }));
  const rows = sets.map(({ version, activatedAt, digest, files, tests, createdBy, note }) => [
    String(version),
    activatedAt ?? '',
    digest.slice(0, 12),
    files.length === 0 ? 'as released' : files.join(' '),
    String(tests),
    createdBy,
    note,
  ]);
  const header = ['VERSION', 'IN USE FROM', 'DIGEST', 'FILES', 'TESTS', 'BY', 'NOTE'];
  printTable(terminal, header, rows);
}

function ask<T>(installation: Installation, method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
  return askNormalise(installation, method, `/table-sets${path}`, body);
}

/** Tables are of the deployment: which of the care providers the token names makes no difference. */
async function askNormalise<T>(
  installation: Installation,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const [organisation] = organisationsOf({}, installation);
  if (organisation === undefined) throw usage('The installation knows no care provider');
  const api = new OrganisationApi(installation, 'normalise', 'mapping:admin');
  const content = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
  return api.ask<T>(organisation, method, path, content);
}
