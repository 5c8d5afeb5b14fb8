import { readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Ura } from '@samenhang/data-model';
import type { Installation } from '../installation/installation.js';
import { OrganisationApi, organisationsOf } from '../installation/organisation-api.js';
import { CommandFailure, usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';

export interface ResearchOptions {
  readonly organisation: string;
  readonly json?: boolean;
}

type ResearchScope = 'research:use' | 'research:assess' | 'research:check';

/** How one holder did; its data counts only when it answered whole. */
export interface HolderOutcome {
  readonly custodian: string;
  readonly status: string;
}

/** The secondary-use API, on behalf of one organisation, in one of the three parts that people have in it. */
export class ResearchApi {
  readonly #api: OrganisationApi;
  readonly #organisation: Ura;

  constructor(options: ResearchOptions, installation: Installation, scope: ResearchScope) {
    const [organisation] = organisationsOf(options, installation);
    if (organisation === undefined) throw usage('--organisation must be a URA: 8 digits');
    this.#organisation = organisation;
    this.#api = new OrganisationApi(installation, 'secondary-use-api', scope);
  }

  get<T>(path: string): Promise<T> {
    return this.#api.ask<T>(this.#organisation, 'GET', path);
  }

  post<T>(path: string, body: object | string = {}): Promise<T> {
    return this.#api.ask<T>(this.#organisation, 'POST', path, {
      type: 'application/json',
      text: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  download(path: string): Promise<Buffer> {
    return this.#api.download(this.#organisation, path);
  }
}

/** What is asked, as JSON: a file, or standard input. */
export async function readQuestion(file: string, terminal: Terminal): Promise<string> {
  const content = await (file === '-' ? text(terminal.input) : readFile(file, 'utf8')).catch(() => {
    throw usage(`${file} cannot be read`);
  });
  try {
    JSON.parse(content);
  } catch {
    throw usage(`${file === '-' ? 'standard input' : file} is no JSON`);
  }
  return content;
}

/** A new file, for its owner alone: what was there is not overwritten. */
export async function keepFile(file: string, content: Buffer, terminal: Terminal): Promise<void> {
  await writeFile(file, content, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    const isThere = (error as { code?: unknown }).code === 'EEXIST';
    throw new CommandFailure(isThere ? `${file} exists already` : `${file} cannot be written`);
  });
  terminal.note(`${content.length} bytes in ${file}`);
}

/** Of each holder that is missing one line: what was counted or made is without its data. */
export function tellMissing(holders: readonly HolderOutcome[], terminal: Terminal): boolean {
  const missing = holders.filter(({ status }) => status !== 'ok');
  for (const { custodian, status } of missing) terminal.note(`${custodian}: ${status}`);
  return missing.length > 0;
}

export function idOf(id: string): string {
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))
    throw usage('an id is a UUID, as the lists show it');
  return id;
}
