import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Shared material beside the repository, where there is any. */
export const sharedMaterial = join(import.meta.dirname, '../../../../../shared');
const script = join(sharedMaterial, 'fhir-validator/validate.sh');

/** Why the official validator cannot run here, by name; undefined when it can. */
export function validatorAbsence(): string | undefined {
  if (!existsSync(script)) return 'no ../shared/fhir-validator';
  for (const tool of ['java', 'mvn']) {
    if (spawnSync(tool, ['-version'], { stdio: 'ignore' }).status !== 0) return `no ${tool}`;
  }
  return undefined;
}

/**
 * The HL7 validator's errors, offline, displays included. Resources that claim a profile are held to it.
 */
export async function validate(
  resources: readonly object[],
  options: readonly string[] = [],
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'validator-'));
  const file = join(folder, 'resources.ndjson');
  try {
    await writeFile(file, resources.map((resource) => `${JSON.stringify(resource)}\n`).join(''));
    const output = await run(['-q', '--display-errors', ...options, file]);
    const last = output.trim().split('\n').at(-1) ?? '';
    if (last === `${resources.length} resources, 0 errors`) return [];
    return output
      .split('\n')
      .filter((line) => line.includes(' error @') || line.startsWith('FAIL') || line === last);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Exit code 1 means that errors were found: that is an answer. */
function run(parameters: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(script, parameters, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null && !/\d+ resources, \d+ errors/.test(stdout)) {
        reject(new Error(`The validator did not run: ${stderr.slice(-2000)}`, { cause: error }));
      } else resolve(stdout);
    });
  });
}
