// Runs a TypeScript source of the workspace as a process of its own, on the workspace's Node.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
const hook = new URL('run-source.mjs', import.meta.url).href;

/**
 * @param {URL} source
 * @param {readonly string[]} parameters
 */
export function spawnSource(source, parameters = []) {
  return spawn(
    node,
    [
      '--conditions=@samenhang/source',
      '--experimental-transform-types',
      '--no-warnings',
      '--import',
      hook,
      fileURLToPath(source),
      ...parameters,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
}
