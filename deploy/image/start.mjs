// Entry point of the images: `node start.mjs MODULE`. A variable `X_FILE` gives the path of a file that holds the value of
// `X`, so that no secret appears in the definition of a container.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const suffix = '_FILE';

/** @returns {Record<string, string>} the variables that files give; one that is set already stays as it is */
export function readVariableFiles(environment) {
  const entries = Object.entries(environment)
    .filter(([name, file]) => name.endsWith(suffix) && name !== 'LOG_FILE' && file !== '')
    .map(([name, file]) => [name.slice(0, -suffix.length), file])
    .filter(([name]) => (environment[name] ?? '') === '');
  return Object.fromEntries(entries.map(([name, file]) => [name, readFileSync(file, 'utf8').trim()]));
}

if (process.argv[1] === import.meta.filename) {
  const module = resolve(process.argv[2] ?? '');
  try {
    Object.assign(process.env, readVariableFiles(process.env));
  } catch (error) {
    // The path and the kind of fault, never what a file holds.
    process.stderr.write(`Cannot read a variable from its file: ${error.message}\n`);
    process.exit(1);
  }
  process.argv.splice(1, 2, module);
  await import(pathToFileURL(module).href);
}
