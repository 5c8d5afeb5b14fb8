import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang, type CommandResult } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';

const message = [
  'MSH|^~\\&|LIS|N|S|L|20260301||ORU^R01|1|P|2.5',
  'PID|1||1^^^^PI||Jansen',
  'OBR|1|P1|F1|24323-8^Panel^LN|||202607010815|||||||||||||||||CH|F',
  'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol per liter||||||F',
].join('\n');
const expectation = { resourceType: 'Observation', path: 'valueQuantity.code', value: 'mmol/L' };
const tests = [{ name: 'unit in words', format: 'hl7v2', message, expect: [expectation] }];
const units = { folded: { mmolperliter: 'mmol/L' } };

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'samenhang tables '));
});
afterAll(() => rm(home, { recursive: true }));

async function folderOf(name: string, files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = join(home, name);
  await mkdir(folder);
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, `${file}.json`), JSON.stringify(content));
  return folder;
}

describe('tables in a folder', () => {
  it('are validated and tested, file by file', async () => {
    const good = await folderOf('good', { units, tests });
    expect(await runSamenhang(['mapping', 'validate', good])).toMatchObject({ exitCode: 0 });
    const bad = await folderOf('bad', { units: { folded: { 'MMOL L': 'mmol/L' } }, tests });
    const { exitCode, problems } = await runSamenhang(['mapping', 'validate', bad]);
    expect(exitCode).toBe(1);
    expect(problems).toContain(`${bad}/units.json: folded.MMOL L`);
    const untested = await folderOf('untested', { units });
    expect((await runSamenhang(['mapping', 'validate', untested])).problems).toContain('tests.json');
  });

  it('can be tried on files', async () => {
    const file = join(home, 'message.hl7');
    await writeFile(file, message);
    const folder = await folderOf('tried', { units, tests });
    expect((await runSamenhang(['normalise', file])).output).not.toContain('"code":"mmol/L"');
    expect((await runSamenhang(['normalise', file, '--tables', folder])).output).toContain('"code":"mmol/L"');
  });

  it('are written out as they were released, and never over what is there', async () => {
    const folder = join(home, 'exported');
    expect((await runSamenhang(['mapping', 'export', folder])).exitCode).toBe(0);
    expect(JSON.parse(await readFile(join(folder, 'units.json'), 'utf8'))).toHaveProperty('folded');
    expect((await runSamenhang(['mapping', 'export', folder])).exitCode).toBe(2);
  });
});

describe('tables of an installation', () => {
  let installation: StandInInstallation;
  beforeAll(async () => {
    installation = await StandInInstallation.start();
  });
  afterAll(() => installation.close());
  const samenhang = (...parameters: string[]): Promise<CommandResult> =>
    runSamenhang([...installation.options, ...parameters]);

  it('are listed and taken back', async () => {
    expect((await samenhang('mapping', 'list')).output).toContain('In use: rules 1, set 3');
    expect(JSON.parse((await samenhang('mapping', 'rollback', '2', '--json')).output)).toMatchObject({
      sets: [{ version: 5, copyOf: 2 }],
    });
  });

  it('have the answers of a terminology server beside them, as of now or of then', async () => {
    const { output } = await samenhang('mapping', 'terms');
    expect(output).toContain('Version 7: 1 translations');
    expect(output).toContain('http://snomed.info/sct|59621000');
    expect(
      JSON.parse((await samenhang('mapping', 'terms', '--version', '3', '--json')).output),
    ).toMatchObject({
      version: 3,
      translations: [{ code: '401.9' }],
    });
    expect((await samenhang('mapping', 'terms', '--version', 'x')).exitCode).toBe(2);
  }, 180_000);

  it('are not what a replay goes by that names a version', async () => {
    await samenhang('replay', '--source', 'ehr', '--map-by', '2026.11.2+tables.3');
    expect(installation.replayRequests.at(-1)).toMatchObject({ source: 'ehr', mapBy: '2026.11.2+tables.3' });
  }, 180_000);

  it('are tried on the last messages of a source before they are taken into use', async () => {
    const folder = await folderOf('used', { units, tests });
    const { exitCode, output } = await samenhang('mapping', 'activate', folder, '--source', 'ehr');
    expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
    expect(output).toContain('period.start');
    expect(installation.replayRequests).toContainEqual(
      expect.objectContaining({ source: 'ehr', latest: 100, tables: 4 }),
    );
    expect(installation.replayRequests.at(-1)).toBe('activated');
  });

  it('stay out of use on request, and when messages would newly be rejected', async () => {
    const folder = await folderOf('kept', { units, tests });
    const kept = await samenhang('mapping', 'activate', folder, '--dry-run');
    expect(kept.output).toContain('is kept and not in use');
    installation.rejectingTables = true;
    const refused = await samenhang('mapping', 'activate', folder, '--source', 'ehr');
    expect(refused.exitCode).toBe(1);
    expect(refused.problems).toContain('--accept-rejections');
    expect(installation.replayRequests.at(-1)).not.toBe('activated');
  });
});
