import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TableFiles } from '@samenhang/mapping';
import { usage } from '../terminal/command-failure.js';

/** A set of code tables as a terminologist keeps it: a JSON file for each table file that changes, and its tests. */
export interface TableFolder {
  readonly files: TableFiles;
  readonly tests: unknown;
}

const TESTS = 'tests';

/** @throws CommandFailure (wrong usage) that names the file */
export async function readTableFolder(folder: string): Promise<TableFolder> {
  const names = await readdir(folder).catch(() => {
    throw usage(`${folder} is not a folder that can be read`);
  });
  const contents: Record<string, unknown> = {};
  for (const name of names.filter((one) => one.endsWith('.json')).sort())
    contents[basename(name, '.json')] = await readJson(join(folder, name));
  const { [TESTS]: tests = [], ...files } = contents;
  return { files, tests };
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usage(`${file} is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** Writes tables for a terminologist to change; files that are there stay. */
export async function writeTableFolder(
  folder: string,
  files: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, `${name}.json`);
    await writeFile(file, `${JSON.stringify(content, undefined, 2)}\n`, { flag: 'wx' }).catch(() => {
      throw usage(`${file} is there already, or cannot be written`);
    });
    written.push(file);
  }
  return written;
}
