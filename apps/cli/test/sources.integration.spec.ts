import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSamenhang } from './run-samenhang.js';
import { StandInInstallation } from './stand-in-installation.js';

const good = `tenant: "22222222"
sourceId: zis
kind: mllp
displayName: ZIS
settings:
  localIdentifierSystem: https://zis.example/patients
  timeZone: Europe/Amsterdam
  defaultCharset: UTF-8
mllp: { host: 127.0.0.1, port: 2575 }
`;

const faulty = `tenant: "22222222"
sourceId: his
kind: fhir-pull
displayName: HIS
settings:
  localIdentifierSystem: his
  timeZone: Mars/Base
  defaultCharset: UTF-8
pull:
  baseUrl: https://his.example/r4
  resourceTypes:
    - Patient
    - Nonsense
  intervalSeconds: none
  colour: blue
`;

let installation: StandInInstallation;
let folder: string;
beforeAll(async () => {
  installation = await StandInInstallation.start();
  folder = await mkdtemp(join(tmpdir(), 'samenhang cli '));
});
afterAll(async () => {
  await installation.close();
  await rm(folder, { recursive: true });
});

const samenhang = (parameters: readonly string[], input?: string): ReturnType<typeof runSamenhang> =>
  runSamenhang([...parameters, ...installation.options], input);

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('samenhang sources', () => {
  it('validates offline: everything that is wrong, by file and line', async () => {
    const path = await file('faulty.yaml', `${good}---\n${faulty}`);
    const { exitCode, problems } = await runSamenhang(['sources', 'validate', path]);
    expect(exitCode).toBe(1);
    const found = problems
      .trimEnd()
      .split('\n')
      .map((line) =>
        line
          .slice(path.length + 1)
          .split(' ', 2)
          .join(' '),
      );
    expect(found.sort()).toEqual([
      '16: settings.localIdentifierSystem',
      '17: settings.timeZone',
      '23: pull.resourceTypes[1]',
      '24: pull.intervalSeconds',
      '24: pull.intervalSeconds',
      '24: pull.intervalSeconds',
      '25: pull.colour',
    ]);
    expect(await runSamenhang(['sources', 'validate', await file('good.yaml', good)])).toMatchObject({
      exitCode: 0,
      output: '1 source, nothing wrong\n',
    });
    expect((await runSamenhang(['sources', 'validate', join(folder, 'absent.yaml')])).exitCode).toBe(2);
  });

  it('checks the rest of a source that is not named well', async () => {
    const path = await file('unnamed.yaml', 'tenant: "1"\nsourceId: No\nkind: tabel\n');
    const { exitCode, problems } = await runSamenhang(['sources', 'validate', path]);
    expect(exitCode).toBe(1);
    for (const wrong of [':1: tenant ', ':2: sourceId ', ':3: kind ', ':1: displayName '])
      expect(problems).toContain(`${path}${wrong}`);
  });

  it('declares what the file says, and changes nothing when something is wrong', async () => {
    expect(await samenhang(['sources', 'apply', await file('a.yaml', good)])).toMatchObject({
      exitCode: 0,
      output: '22222222/zis declared\n',
    });
    expect(installation.declared.at(-1)).toMatchObject({
      id: 'zis',
      body: { kind: 'mllp', mllp: { port: 2575 } },
    });
    const count = installation.declared.length;
    const refused = await samenhang(['sources', 'apply', await file('b.yaml', good.replace('2575', '2576'))]);
    expect(refused.exitCode).toBe(1);
    expect(refused.problems).toContain('b.yaml:9: mllp sources may listen on ports 2575-2575 here\n');
    expect(installation.declared).toHaveLength(count);
  });

  it('lists, tests and pauses', async () => {
    expect((await samenhang(['sources', 'list'])).output).toMatch(/22222222 +zis +mllp +receiving +ZIS/);
    const test = await samenhang(['sources', 'test', 'zis']);
    expect(test.exitCode).toBe(1);
    expect(test.output).toMatch(/listen +FAILED +Port 2575 is taken/);
    expect((await samenhang(['sources', 'pause', 'zis'])).output).toContain('Paused');
    expect(await samenhang(['sources', 'show', 'nobody'])).toMatchObject({
      exitCode: 1,
      problems: 'samenhang: There is no source nobody\n',
    });
  });

  it('gives a credential from a file or standard input, and shows it nowhere', async () => {
    const set = ['sources', 'secret', 'set', 'zis', 'key', '--organisation', '22222222', '--secret-file'];
    const { output, problems } = await samenhang([...set, '-'], 'the secret\n');
    expect([output, problems]).toEqual(['Secret key of zis is set\n', '']);
    expect(installation.secret).toBe('the secret');
    await samenhang([...set, await file('key.txt', 'from a file\n')]);
    expect(installation.secret).toBe('from a file');
  });
});
