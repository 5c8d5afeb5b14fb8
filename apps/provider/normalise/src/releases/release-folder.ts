import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '@samenhang/errors';
import { releaseContract } from './release-protocol.js';

/** What is told of a release beside its code. */
export interface ReleaseManifest {
  readonly contract: number;
  /** Version of the rules. */
  readonly version: string;
  /** File of the code, and its SHA-256. */
  readonly module: string;
  readonly digest: string;
  /** The tables that it holds: files, and SHA-256 of all of them as JSON. */
  readonly tables: { readonly digest: string; readonly files: readonly string[] };
}

export interface MappingRelease {
  readonly manifest: ReleaseManifest;
  /** The bytes that the digest is of: what is checked is what runs. */
  readonly code: Buffer;
}

const VERSION = /^\d{1,6}\.\d{1,6}\.\d{1,6}$/;

/** Versions of the rules that a folder of releases holds, oldest first. */
export async function listReleases(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => VERSION.test(name))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
}

/**
 * A release from a folder of releases (`VERSION/manifest.json` and the module beside it).
 * @throws Failure('not-found') when it is not there; Failure('unavailable') when it is not what its manifest says
 */
export async function readRelease(folder: string, version: string): Promise<MappingRelease> {
  const known = await listReleases(folder);
  if (!known.includes(version)) throw unknownVersion(version, known);
  const manifest = await readManifest(join(folder, version));
  if (manifest?.version !== version || manifest.contract !== releaseContract)
    throw new Failure(
      'unavailable',
      `The manifest of mapping release ${version} is not one that can be used`,
    );
  const code = await readFile(join(folder, version, 'mapping.mjs')).catch(() => undefined);
  if (code === undefined || createHash('sha256').update(code).digest('hex') !== manifest.digest)
    throw new Failure('unavailable', `Mapping release ${version} does not have the digest of its manifest`);
  return { manifest, code };
}

export function unknownVersion(version: string, known: readonly string[]): Failure {
  const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`;
  return new Failure('not-found', `There is no mapping release ${version}; of earlier releases ${there}`);
}

async function readManifest(folder: string): Promise<ReleaseManifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as ReleaseManifest;
  } catch {
    return undefined;
  }
}
