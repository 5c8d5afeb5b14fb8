// Compiles the Rego policies to WebAssembly, with the data they read: libs/trust/authorisation/src/compiled-policies.json.
// A JSON module, so that the decision point is pure: it reads no file. `--check` reports differences and runs `opa test`.
// Reproducible: the same sources and the same OPA give the same bytes.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const opaVersion = '1.22.2';
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const policies = join(root, 'libs/trust/authorisation/policies');
const entryPoints = [
  'citizen',
  'emergency',
  'holder',
  'joint',
  'localise',
  'registration',
  'secondary',
  'transfer',
  'view',
].map((name) => `samenhang/${name}/decision`);
const product = join(root, 'libs/trust/authorisation/src/compiled-policies.json');

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

/** The compiled policies as the text of a JSON module. */
export function compilePolicies(opa) {
  const work = mkdtempSync(join(tmpdir(), 'policies-'));
  try {
    const bundle = join(work, 'bundle.tar.gz');
    const entries = entryPoints.flatMap((entry) => ['-e', entry]);
    const build = ['build', '-t', 'wasm', ...entries, '--ignore', '*_test.rego', '-b', '.', '-o', bundle];
    execFileSync(opa, build, { cwd: policies, stdio: ['ignore', 'ignore', 'inherit'] });
    execFileSync('tar', ['-xzf', bundle, '-C', work, '/policy.wasm', '/data.json'], { stdio: 'ignore' });
    const wasm = readFileSync(join(work, 'policy.wasm')).toString('base64');
    const data = readFileSync(join(work, 'data.json'), 'utf8').trim();
    return `${JSON.stringify({ opa: opaVersion, data, wasm }, null, 2)}\n`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export function testPolicies(opa) {
  return execFileSync(opa, ['test', '-b', policies], { encoding: 'utf8' });
}

/** Whether the committed module is what the sources give. */
export function isUpToDate(opa) {
  return existsSync(product) && readFileSync(product, 'utf8') === compilePolicies(opa);
}

/** `--out FILE`: elsewhere than in the sources, for `POLICIES_FILE` of a running installation. */
function outputOf(args) {
  const at = args.indexOf('--out');
  return at < 0 ? product : (args[at + 1] ?? product);
}

function main() {
  const opa = findOpa();
  if (opa === undefined) {
    console.error(`OPA ${opaVersion} is needed: set OPA to its path, or install Go`);
    return 1;
  }
  if (!process.argv.includes('--check')) {
    writeFileSync(outputOf(process.argv), compilePolicies(opa));
    return 0;
  }
  console.log(testPolicies(opa).trim());
  if (isUpToDate(opa)) return 0;
  console.error('The compiled policies are out of date; run node tools/policies/build.mjs');
  return 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main();
