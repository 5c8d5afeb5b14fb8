// Compiles the Rego policies to WebAssembly: policies/policy.wasm and policies/policy-data.json.
// `node tools/policies/build.mjs` writes; `--out DIR` writes elsewhere; `--check` reports differences and runs `opa test`.
// Reproducible: the same sources and the same OPA give the same bytes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const opaVersion = '1.22.2';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const policies = join(root, 'libs/trust/authorisation/policies');
const entryPoints = ['holder', 'localise', 'registration', 'view'].map(
  (name) => `samenhang/${name}/decision`,
);
const products = ['policy.wasm', 'policy-data.json'];

function isOpa(path) {
  try {
    return execFileSync(path, ['version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).includes(`Version: ${opaVersion}\n`);
  } catch {
    return false;
  }
}

/** OPA of the pinned version: `OPA`, the PATH, an earlier `go install`, or a new one when Go is present. */
export function findOpa({ install = true } = {}) {
  const installed = join(homedir(), '.cache', 'samenhang', `opa-${opaVersion}`);
  const candidates = [process.env.OPA, 'opa', join(installed, 'opa')].filter(Boolean);
  const found = candidates.find(isOpa);
  if (found !== undefined || !install) return found;
  try {
    mkdirSync(installed, { recursive: true });
    const env = { ...process.env, GOBIN: installed, CGO_ENABLED: '0' };
    execFileSync('go', ['install', `github.com/open-policy-agent/opa@v${opaVersion}`], {
      env,
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return isOpa(join(installed, 'opa')) ? join(installed, 'opa') : undefined;
}

export function buildPolicies(opa, out = policies) {
  const work = mkdtempSync(join(tmpdir(), 'policies-'));
  try {
    const bundle = join(work, 'bundle.tar.gz');
    const entries = entryPoints.flatMap((entry) => ['-e', entry]);
    execFileSync(
      opa,
      [
        'build',
        '-t',
        'wasm',
        ...entries,
        '--ignore',
        '*_test.rego',
        '--ignore',
        'policy-data.json',
        '-b',
        '.',
        '-o',
        bundle,
      ],
      {
        cwd: policies,
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    execFileSync('tar', ['-xzf', bundle, '-C', work, '/policy.wasm', '/data.json'], { stdio: 'ignore' });
    writeFileSync(join(out, 'policy.wasm'), readFileSync(join(work, 'policy.wasm')));
    const data = JSON.parse(readFileSync(join(work, 'data.json'), 'utf8'));
    writeFileSync(join(out, 'policy-data.json'), `${JSON.stringify(data, null, 2)}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export function testPolicies(opa) {
  return execFileSync(opa, ['test', '-b', policies], { encoding: 'utf8' });
}

/** Names of the committed products that a fresh build would change. */
export function findStaleProducts(opa) {
  const work = mkdtempSync(join(tmpdir(), 'policies-check-'));
  try {
    buildPolicies(opa, work);
    return products.filter((name) => {
      const committed = join(policies, name);
      return !existsSync(committed) || !readFileSync(committed).equals(readFileSync(join(work, name)));
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function main() {
  const opa = findOpa();
  if (opa === undefined) {
    console.error(`OPA ${opaVersion} is needed: set OPA to its path, or install Go`);
    return 1;
  }
  if (!process.argv.includes('--check')) {
    const out = process.argv.indexOf('--out');
    buildPolicies(opa, out < 0 ? policies : process.argv[out + 1]);
    return 0;
  }
  console.log(testPolicies(opa).trim());
  const stale = findStaleProducts(opa);
  if (stale.length > 0) console.error(`Out of date: ${stale.join(', ')}; run node tools/policies/build.mjs`);
  return stale.length > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
