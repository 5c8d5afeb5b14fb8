// The projects of the workspace, found the way npm finds them: every folder under the workspace globs with a package.json.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

function expand(pattern) {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  const folder = join(root, parent);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}

/** @returns {{path: string, name: string, manifest: any, project: any}[]} sorted by path */
export function listProjects() {
  return read(join(root, 'package.json'))
    .workspaces.flatMap(expand)
    .filter((path) => existsSync(join(root, path, 'project.json')))
    .map((path) => ({
      path,
      manifest: read(join(root, path, 'package.json')),
      project: read(join(root, path, 'project.json')),
      name: read(join(root, path, 'package.json')).name,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
