// `npm run sbom [-- FILE]`: writes the software bill of materials (CycloneDX 1.6, JSON, validated) and refuses a tree that
// breaks the rules of sbom/supply-chain.mjs.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import {
  findLicenceFaults,
  findTreeProblems,
  findUndecidedScripts,
  findUnpinned,
} from './sbom/supply-chain.mjs';
import { listProjects, root } from './workspace/projects.mjs';

const file = resolve(root, process.argv[2] ?? 'sbom.json');
const read = (...path) => JSON.parse(readFileSync(join(root, ...path), 'utf8'));

function findInstalled(name) {
  try {
    return read('node_modules', name, 'package.json');
  } catch {
    return undefined;
  }
}

function treeProblems() {
  const { stdout } = spawnSync('npm', ['ls', '--json', '--all'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return findTreeProblems(JSON.parse(stdout).problems ?? [], findInstalled);
}

function writeBill() {
  const parameters = ['--ignore-npm-errors', '--validate', '--output-reproducible', '--spec-version', '1.6'];
  const result = spawnSync(
    join(root, 'node_modules', '.bin', 'cyclonedx-npm'),
    [...parameters, '--output-format', 'JSON', '--output-file', file],
    { cwd: root, encoding: 'utf8' },
  );
  if (result.status !== 0) throw new Error(result.stderr.trim());
}

try {
  const manifest = read('package.json');
  writeBill();
  const bill = JSON.parse(readFileSync(file, 'utf8'));
  const faults = [
    ...treeProblems(),
    ...[manifest, ...listProjects().map((project) => project.manifest)].flatMap(findUnpinned),
    ...findUndecidedScripts(read('node_modules', '.package-lock.json'), manifest.allowScripts ?? {}),
    ...findLicenceFaults(bill),
  ];
  for (const fault of faults) console.error(fault);
  console.log(`${relative(root, file)}: ${bill.components.length} components, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
} catch (error) {
  console.error(`No bill of materials: ${error.message}`);
  process.exitCode = 1;
}
