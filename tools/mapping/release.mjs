// Keeps the mapping of this checkout for later: `node tools/mapping/release.mjs --out FOLDER` writes FOLDER/VERSION, which
// `normalise` runs by from MAPPING_RELEASES and `samenhang normalise --mapping-version` from --releases.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildRelease } from './build-release.mjs';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (values.out === undefined) {
  process.stderr.write('Usage: node tools/mapping/release.mjs --out FOLDER\n');
  process.exit(2);
}
const { folder, manifest } = await buildRelease({
  out: resolve(process.env.INIT_CWD ?? process.cwd(), values.out),
});
process.stdout.write(`${folder}: mapping ${manifest.version}, sha256 ${manifest.digest}\n`);
