import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang, type CommandResult } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';

let installation: StandInInstallation;
beforeAll(async () => {
  installation = await StandInInstallation.start();
});
afterAll(() => installation?.close());

const direct = (act: string, file: string, input = ''): Promise<CommandResult> =>
  runSamenhang([...installation.options, 'direct', act, file, '--organisation', '22222222'], input);

// Each command is a process of its own, which takes its time on a busy machine.
describe('whose data is to be found at an own server', { timeout: 300_000 }, () => {
  it('is said by a file; lines are named by number, never by the BSN', async () => {
    const file = join(installation.dataDirectory, 'patients.txt');
    await writeFile(file, '900186021\r\n\n123456789\n999901370\n');
    const { output, problems, exitCode } = await direct('enrol', file);
    expect(output.trim()).toBe('1: AllergyIntolerance Condition');
    expect(problems).toContain('3: Not a BSN');
    expect(problems).toContain('4: The server does not know this patient');
    expect(exitCode).toBe(1);
    expect(`${output}${problems}`).not.toMatch(/\d{9}/);
    expect(installation.directRequests).toEqual([
      ['PUT', { bsn: '900186021' }],
      ['PUT', { bsn: '999901370' }],
    ]);
    expect(installation.tokenRequests.at(-1)).toMatchObject({
      organization_id: '22222222',
      scope: 'record:admin',
    });
  });

  it('is withdrawn, from standard input', async () => {
    const { output, exitCode } = await direct('withdraw', '-', '900186021\n');
    expect([output.trim(), exitCode]).toEqual(['1: withdrawn', 0]);
    expect(installation.directRequests.at(-1)).toEqual(['DELETE', { bsn: '900186021' }]);
    expect((await direct('withdraw', '/absent')).exitCode).toBe(2);
  });
});
