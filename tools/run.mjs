// The repository's commands, from any state of the checkout: `node tools/run.mjs COMMAND [ARGUMENTS…]`.
import { join } from 'node:path';
import { nodeBinary, prepare, root, run } from './start/prepare.mjs';

const [command, ...parameters] = process.argv.slice(2);
const quiet = () => {};
const node = (file, ...rest) => run(nodeBinary(), [join(root, file), ...rest]);

/** Runs steps in order and stops at the first that fails. */
async function inOrder(...steps) {
  for (const step of steps) {
    const code = await step();
    if (code !== 0) return code;
  }
  return 0;
}

const build = () =>
  inOrder(
    () => run('tsc', ['-b']),
    () => node('tools/web/build.mjs'),
  );
const typecheck = () =>
  inOrder(
    () => run('tsc', ['-p', 'tsconfig.spec.json']),
    () => run('tsc', ['-p', 'tsconfig.web.json']),
  );
// ESLint's boundary rule says nothing without a fresh project graph: make it first.
const lint = () =>
  inOrder(
    () => run('nx', ['show', 'projects'], { stdio: ['ignore', 'ignore', 'inherit'] }),
    () => run('eslint', ['.', '--max-warnings', '0']),
  );
const references = () => node('tools/workspace/sync-references.mjs', '--check');
const format = () => run('prettier', ['--check', '.']);

const commands = {
  build,
  typecheck,
  format: () => run('prettier', ['--write', '.']),
  lint: () => inOrder(references, format, lint),
  test: () => run('vitest', ['run', ...parameters]),
  e2e: () => run('vitest', ['run', '--config', 'vitest.e2e.config.ts', ...parameters]),
  samenhang: () =>
    run(nodeBinary(), [join(root, 'apps/cli/dist/main.js'), ...parameters], {
      cwd: process.env.INIT_CWD ?? process.cwd(),
    }),
  dev: () => node('tools/start/dev.mjs', ...parameters),
  bench: () => node('tools/bench/dist/main.js', ...parameters),
  conformance: () =>
    run(nodeBinary(), [join(root, 'tools/conformance/dist/main.js'), ...parameters], {
      cwd: process.env.INIT_CWD ?? process.cwd(),
    }),
  acceptance: () => run(nodeBinary(), [join(root, 'tools/acceptance/dist/main.js'), ...parameters]),
  sbom: () => node('tools/sbom.mjs', ...parameters),
};

if (!Object.hasOwn(commands, command)) {
  process.stderr.write(`Usage: node tools/run.mjs ${Object.keys(commands).join('|')} [ARGUMENTS…]\n`);
  process.exit(2);
}
prepare({ say: quiet, withBuild: command !== 'format' && command !== 'build' });
process.exitCode = await commands[command]();
