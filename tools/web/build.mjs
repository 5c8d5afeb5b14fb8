// Builds the pages of every project that has `web/index.html` into its `dist/web`, compressed beside the originals. What has
// not changed since the last build is left as it is. `--force` builds all.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { listProjects, root } from '../workspace/projects.mjs';

const force = process.argv.includes('--force');
const kit = join(root, 'libs/foundation/portal-web/src');

const filesOf = (folder) =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
const newest = (files) => Math.max(...files.map((file) => statSync(file).mtimeMs));

/** Browsers that take it get the compressed file as it lies there. */
function compress(folder) {
  for (const file of filesOf(folder).filter((name) => /\.(js|css|html|svg|json)$/.test(name))) {
    const content = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(
      `${file}.br`,
      brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    );
  }
}

for (const { path } of listProjects()) {
  const web = join(root, path, 'web');
  if (!existsSync(join(web, 'index.html'))) continue;
  const outDir = join(root, path, 'dist', 'web');
  const page = join(outDir, 'index.html');
  const sources = [...filesOf(web), ...filesOf(kit), join(root, 'package-lock.json'), import.meta.filename];
  if (!force && existsSync(page) && statSync(page).mtimeMs > newest(sources)) continue;
  await build({
    configFile: false,
    root: web,
    logLevel: 'warn',
    plugins: [react()],
    resolve: { conditions: ['@samenhang/source', 'module', 'browser', 'production'] },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'baseline-widely-available',
      // Everything is a file of our own origin: the policy of the pages allows nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  compress(outDir);
}
