import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '../sources/source.js';

export interface DroppedFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const UPLOADED = 'uploaded';

/** The folder of one source: files come in, and go to `done` or `failed`. */
export class DropFolder {
  readonly path: string;
  /** Size and time of change when a file was last looked at. */
  readonly #seen = new Map<string, string>();

  constructor(root: string, { tenant, id }: Pick<Source, 'tenant' | 'id'>) {
    this.path = join(root, tenant, id);
  }

  async prepare(): Promise<void> {
    for (const folder of ['done', 'failed', UPLOADED, 'incoming'])
      await mkdir(join(this.path, folder), { recursive: true });
  }

  /** Where an upload is written, and where it goes when it is whole. */
  uploadPaths(name: string, token: string): { incoming: string; whole: string } {
    return { incoming: join(this.path, 'incoming', token), whole: join(this.path, UPLOADED, name) };
  }

  /** Files that are complete, oldest name first: what was uploaded, and what was dropped as the source declared. */
  async findComplete(complete: 'stable' | 'marker' | undefined): Promise<DroppedFile[]> {
    const uploaded = await this.#list(join(this.path, UPLOADED));
    if (complete === undefined) return uploaded.map(({ file }) => file);
    const dropped = await this.#list(this.path);
    const names = new Set(dropped.map(({ file }) => file.name));
    const files = dropped.filter(({ file }) => !/\.(?:done|part|tmp)$/i.test(file.name));
    const ready = files.filter(({ file, stamp }) =>
      complete === 'marker' ? names.has(`${file.name}.done`) : this.#seen.get(file.name) === stamp,
    );
    this.#seen.clear();
    for (const { file, stamp } of files) this.#seen.set(file.name, stamp);
    return [...uploaded, ...ready].map(({ file }) => file);
  }

  /** Out of the way, under a name of its own. */
  async move(file: DroppedFile, to: 'done' | 'failed', token: string): Promise<void> {
    await rename(file.path, join(this.path, to, `${token}-${file.name}`));
    await rm(join(this.path, `${file.name}.done`), { force: true });
  }

  async #list(folder: string): Promise<{ file: DroppedFile; stamp: string }[]> {
    const found: { file: DroppedFile; stamp: string }[] = [];
    for (const name of (await readdir(folder)).sort()) {
      if (name.startsWith('.')) continue;
      const path = join(folder, name);
      const state = await lstat(path).catch(() => undefined);
      // A link could lead out of the folder.
      if (state?.isFile() !== true) continue;
      found.push({
        file: { name, path, bytes: state.size },
        stamp: `${String(state.size)} ${String(state.mtimeMs)}`,
      });
    }
    return found;
  }
}

/** SHA-256 of a file, hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
  return hash.digest('hex');
}
