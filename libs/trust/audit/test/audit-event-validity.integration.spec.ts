import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toAuditEvent } from '../src/index.js';
import { everyEntry } from './access-entries.js';

const validator = join(import.meta.dirname, '../../../../../shared/fhir-validator');
const hasJava = spawnSync('java', ['-version']).status === 0;
const available =
  existsSync(join(validator, 'validate.sh')) && hasJava && process.env['FHIR_VALIDATOR'] === 'true';
const skipped = available ? '' : ' (skipped: needs ../shared/fhir-validator, Java and FHIR_VALIDATOR=true)';

it.skipIf(!available)(
  `AuditEvents pass the HL7 validator against base R4${skipped}`,
  () => {
    // The IHE BALP profiles are not at hand, so what they add is left to their own conformance test.
    const events = everyEntry.map((entry) => ({
      ...toAuditEvent(entry, crypto.randomUUID()),
      meta: undefined,
    }));
    const input = events.map((event) => JSON.stringify(event)).join('\n');
    const { status, stdout } = spawnSync('./validate.sh', ['-'], { cwd: validator, input, encoding: 'utf8' });
    expect(stdout).toContain(`${everyEntry.length} resources, 0 errors`);
    expect(status).toBe(0);
  },
  300_000,
);
