// A release of the mapping: rules, tables and the contract by which they are run, in one module that needs nothing beside it.
// Reproducible: the same sources give the same bytes.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = join(root, 'apps/provider/normalise/src/releases/release.worker.ts');
const tables = join(root, 'libs/provider/mapping/src/tables');
/** The one table that the mapping shares with others who write summaries. */
const summaryTable = join(root, 'libs/foundation/patient-summary/src/ips.json');
const versionFile = join(root, 'libs/provider/mapping/src/mapping.ts');

const sha256 = (content) => createHash('sha256').update(content).digest('hex');

async function readTables() {
  const own = (await readdir(tables))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(tables, name));
  const files = [...own, summaryTable].sort((a, b) => (basename(a) < basename(b) ? -1 : 1));
  const contents = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  const digest = sha256(JSON.stringify(contents.map((text) => JSON.parse(text))));
  return { digest, files: files.map((name) => basename(name, '.json')) };
}

/**
 * Writes `OUT/VERSION/mapping.mjs` with its manifest.
 *
 * @param {{ out: string, change?: (code: string, file: string) => string }} options `change` alters sources on their way in
 * @returns {Promise<{ folder: string, manifest: object }>}
 */
export async function buildRelease({ out, change = (code) => code }) {
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    logLevel: 'warn',
    resolve: { conditionNames: ['@samenhang/source', 'node', 'import', 'default'] },
    plugins: [{ name: 'change', transform: (code, file) => ({ code: change(code, file), map: null }) }],
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const [module] = output;
  const outside = module.imports.filter((name) => !name.startsWith('node:'));
  if (output.length !== 1 || outside.length > 0)
    throw new Error(`The release would not stand by itself: ${outside.join(', ')}`);
  const source = change(await readFile(versionFile, 'utf8'), versionFile);
  const version = /mappingVersion = '(?<version>[\d.]+)'/.exec(source)?.groups?.version;
  if (version === undefined) throw new Error('The version of the mapping is not to be found');
  const folder = join(out, version);
  const manifest = {
    contract: 1,
    version,
    module: 'mapping.mjs',
    digest: sha256(module.code),
    tables: await readTables(),
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, manifest.module), module.code);
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { folder, manifest };
}
