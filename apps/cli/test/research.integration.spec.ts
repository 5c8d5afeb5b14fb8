import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang, type CommandResult } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';
import { heldId, permitId, releasedId } from './stand-in-research.js';

let installation: StandInInstallation;
beforeAll(async () => {
  installation = await StandInInstallation.start();
});
afterAll(() => installation?.close());

const research = (parameters: readonly string[], input = ''): Promise<CommandResult> =>
  runSamenhang([...installation.options, 'research', ...parameters, '--organisation', '11111111'], input);
const scope = (): string | undefined => installation.tokenRequests.at(-1)?.['scope'];

// Each command is a process of its own, which takes its time on a busy machine.
describe('research on the command line', { timeout: 300_000 }, () => {
  it('applies for a permit from a file or standard input, and shows what came of it', async () => {
    const application = { title: 'Diabetes' };
    const file = join(installation.dataDirectory, 'application.json');
    await writeFile(file, JSON.stringify(application));
    expect((await research(['permits', 'apply', file])).output).toContain(permitId);
    expect((await research(['permits', 'apply', '-'], JSON.stringify(application))).exitCode).toBe(0);
    expect(installation.researchRequests).toEqual([
      ['apply', application],
      ['apply', application],
    ]);
    expect((await research(['permits', 'list'])).output).toMatch(/PERMIT .*TITLE\n.*submitted .*Diabetes/);
    expect((await research(['permits', 'show', permitId])).output).toContain('Patient  gender');
    expect(scope()).toBe('research:use');
  });

  it('says in one line what is wrong, with an exit code of its own for wrong usage', async () => {
    for (const parameters of [
      ['permits', 'apply', '/absent'],
      ['permits', 'show', '../x'],
      ['assess', 'grant', permitId, '--until', 'soon'],
      ['count', permitId, '--where', 'female'],
    ]) {
      const { exitCode, problems } = await research(parameters);
      expect(exitCode, parameters.join(' ')).toBe(2);
      expect(problems.trimEnd().split('\n')).toHaveLength(1);
    }
    const broken = await research(['permits', 'apply', '-'], '{');
    expect(broken.problems).toBe('samenhang: standard input is no JSON\n');
  });

  it('grants, rejects and withdraws', async () => {
    expect((await research(['assess', 'list', '--json'])).output).toContain(permitId);
    const granted = await research(['assess', 'grant', permitId, '--until', '2030-01-01']);
    expect(granted.problems).toContain(`project-${permitId}`);
    await research(['assess', 'reject', permitId]);
    await research(['assess', 'withdraw', permitId]);
    expect(installation.researchRequests.slice(-3)).toEqual([
      ['grant', { expiresAt: '2030-01-01T00:00:00.000Z' }],
      ['reject', {}],
      ['withdraw', {}],
    ]);
    expect(scope()).toBe('research:assess');
  });

  it('counts, and says with its exit code when there is no count or a holder is missing', async () => {
    const diagnosis = 'http://snomed.info/sct|44054006';
    const counted = await research(['count', permitId, '--where', `diagnosis=${diagnosis}`]);
    expect(counted).toMatchObject({ exitCode: 0, output: '45\n' });
    expect(installation.researchRequests.at(-1)).toEqual([
      'count',
      { conditions: [{ dimension: 'diagnosis', value: diagnosis }] },
    ]);
    const withheld = await research(['count', permitId, '--where', 'gender=female', 'diagnosis=1']);
    expect(withheld).toMatchObject({
      exitCode: 1,
      output: 'withheld\n',
      problems: '44444444: unreachable\n',
    });
  });

  it('asks for outputs, tells of them, and keeps their files without overwriting', async () => {
    const requested = await research(['output', 'request', permitId, '-'], '{"view":{}}');
    expect(requested.output).toContain('running');
    expect(installation.researchRequests.at(-1)).toEqual(['request', { view: {} }]);
    expect((await research(['output', 'list', permitId])).exitCode).toBe(1);
    const shown = await research(['output', 'show', heldId]);
    expect(shown).toMatchObject({ exitCode: 1, problems: 'Persons stand out\n44444444: unreachable\n' });
    const file = join(installation.dataDirectory, 'table.csv');
    expect((await research(['output', 'download', releasedId, '--to', file])).exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('gender\r\nfemale\r\n');
    for (const [name, path] of [
      ['manifest', 'manifest'],
      ['person.csv', 'files/person.csv'],
    ] as const) {
      const named = join(installation.dataDirectory, name);
      await research(['output', 'download', releasedId, '--file', name, '--to', named]);
      expect(JSON.parse(await readFile(named, 'utf8'))).toEqual({ name: path });
    }
    const again = await research(['output', 'download', releasedId, '--to', file]);
    expect(again).toMatchObject({ exitCode: 1, problems: `samenhang: ${file} exists already\n` });
    const refused = await research(['output', 'download', heldId, '--to', `${file}.2`]);
    expect(refused).toMatchObject({ exitCode: 1, problems: 'samenhang: The output is held\n' });
  });

  it('checks what is to leave, and finds in what a person is', async () => {
    expect((await research(['check', 'list'])).output).toContain('checking');
    expect(scope()).toBe('research:check');
    const file = join(installation.dataDirectory, 'checked.csv');
    expect((await research(['check', 'download', releasedId, '--to', file])).exitCode).toBe(0);
    expect((await research(['check', 'release', releasedId])).output).toContain('released');
    expect((await research(['check', 'refuse', releasedId])).exitCode).toBe(0);
    expect((await research(['check', 'releases', '--pseudonym', 'p'])).output).toContain(permitId);
    expect(installation.researchRequests.slice(-3)).toEqual([
      ['release'],
      ['refuse'],
      ['releases', { pseudonym: 'p' }],
    ]);
  });
});
