import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '@samenhang/errors';

const OWNER_ONLY = 0o600;

export interface MadeFile {
  readonly name: string;
  readonly content: Buffer;
}

export interface KeptFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Names that this program gives; nothing that leads elsewhere. */
const FILE_NAME = /^[a-z][a-z_-]{0,40}\.[a-z]{2,7}$/;

/** The folder that outputs are in until somebody has looked at them. Only this service reads and writes it. */
export class Airlock {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = resolve(directory);
  }

  /** Each file whole or not at all: a start that is killed leaves no half file under the name. */
  async put(output: string, files: readonly MadeFile[], report: object): Promise<KeptFile[]> {
    const folder = this.#folderOf(output);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, {
      mode: OWNER_ONLY,
    });
    for (const { name, content } of files) {
      await writeFile(join(folder, `${name}.new`), content, { mode: OWNER_ONLY });
      await rename(join(folder, `${name}.new`), join(folder, name));
    }
    return files.map(({ name, content }) => ({ name, sha256: hashOf(content), bytes: content.length }));
  }

  /** @throws Failure('conflict') where the file is not the one that was checked */
  async get(output: string, { name, sha256 }: KeptFile): Promise<Buffer> {
    if (!FILE_NAME.test(name)) throw new Failure('not-found', 'There is no such file');
    const content = await readFile(join(this.#folderOf(output), name));
    if (hashOf(content) !== sha256)
      throw new Failure('conflict', 'The file is not the one that was checked: it is not given');
    return content;
  }

  remove(output: string): Promise<void> {
    return rm(this.#folderOf(output), { recursive: true, force: true });
  }

  #folderOf(output: string): string {
    return join(this.#directory, output);
  }
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
