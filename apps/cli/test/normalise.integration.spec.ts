import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRelease } from '../../../tools/mapping/build-release.mjs';
import { runSamenhang } from './run-samenhang.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'samenhang cli '));
});
afterAll(() => rm(folder, { recursive: true }));

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' }],
  name: [{ family: 'Jansen' }],
};

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('samenhang normalise', () => {
  it('gives resources as NDJSON, from a file and from standard input alike', async () => {
    const fromFile = await runSamenhang(['normalise', await file('patient.json', JSON.stringify(patient))]);
    expect(fromFile.exitCode).toBe(0);
    const resources = fromFile.output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { resourceType: string });
    expect(resources.map(({ resourceType }) => resourceType)).toContain('Patient');
    const fromInput = await runSamenhang(['normalise', '-'], JSON.stringify(patient));
    expect(fromInput.output).toBe(fromFile.output);
  });

  it('gives what an earlier release of the mapping gave, by its rules', async () => {
    const releases = join(folder, 'releases');
    await buildRelease({
      out: releases,
      change: (code) =>
        code
          .replace(/mappingVersion = '[\d.]+'/, "mappingVersion = '2025.1.7'")
          .replace('  shapeGender(patient, context);\n', ''),
    });
    const path = await file('woman.json', JSON.stringify({ ...patient, gender: 'female' }));
    const now = await runSamenhang(['normalise', path]);
    const then = await runSamenhang([
      'normalise',
      path,
      '--mapping-version',
      '2025.1.7',
      '--releases',
      releases,
    ]);
    expect(then).toMatchObject({ exitCode: 0, problems: '' });
    expect(now.output).toContain('"_gender"');
    expect(then.output).toContain('"gender":"female"');
    expect(then.output).not.toContain('"_gender"');
    const unknown = await runSamenhang([
      'normalise',
      path,
      '--mapping-version',
      '2024.1.1',
      '--releases',
      releases,
    ]);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.problems).toContain('There is no mapping release 2024.1.1');
  }, 180_000);

  it('gives BgZ 2017 in STU3 and International Patient Summaries', async () => {
    const problem = {
      resourceType: 'Condition',
      id: 'c1',
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '195967001' }] },
      subject: { reference: 'Patient/p1' },
    };
    const entry = [{ resource: patient }, { resource: problem }];
    const path = await file(
      'one.json',
      JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }),
    );
    const stu3 = await runSamenhang(['normalise', '--format', 'stu3', path]);
    expect(stu3.output).toContain('"clinicalStatus":"active"');
    expect(stu3.output).toContain('/zib-Problem"');
    const summary = await runSamenhang(['normalise', '--format', 'ips', path]);
    expect(JSON.parse(summary.output)).toMatchObject({ resourceType: 'Bundle', type: 'document' });
    const none = await runSamenhang(
      ['normalise', '--format', 'ips', '-'],
      JSON.stringify({ resourceType: 'Organization', id: 'o', name: 'x' }),
    );
    expect(none.exitCode).toBe(1);
    expect(none.problems).toContain('not-one-patient');
  });

  it('gives what the rows of a table say, as the file of their source declares', async () => {
    const source = await file(
      'table.yaml',
      `tenant: "22222222"
sourceId: lab
kind: table
displayName: Lab
settings: { localIdentifierSystem: 'https://lab.example/p', timeZone: Europe/Amsterdam, defaultCharset: UTF-8 }
file: { format: csv, delimiter: ";" }
table:
  patient: { identifiers: [{ column: nr }] }
  resources:
    - resourceType: Condition
      key: [id]
      elements: { code.text: { column: diagnose } }
`,
    );
    const rows = await file('rows.csv', 'nr;id;diagnose\n1;a;Astma\n1;b\n');
    const { exitCode, output, problems } = await runSamenhang(['normalise', '--source', source, rows]);
    expect(exitCode).toBe(1);
    expect(output).toContain('"Astma"');
    expect(problems).toContain('rows.csv:3: error malformed-row');
  });

  it('gives the good lines of NDJSON, and one problem line for each bad one, exit code 1', async () => {
    const path = await file(
      'some.ndjson',
      `${JSON.stringify(patient)}\n{"resourceType":"Patient","id":"p2","birthDate":7}\nnonsense\n`,
    );
    const { exitCode, output, problems } = await runSamenhang(['normalise', path]);
    expect(exitCode).toBe(1);
    expect(output).toContain('"Jansen"');
    expect(problems).toMatch(new RegExp(`^${path}:2:.* error `, 'm'));
    expect(problems).toMatch(new RegExp(`^${path}:3:.* error `, 'm'));
  });

  it('takes the description of the source', async () => {
    const config = await file(
      'source.yaml',
      'tenant: "22222222"\nsourceId: ehr\nsettings:\n  timeZone: Europe/Amsterdam\n',
    );
    const { exitCode, output } = await runSamenhang([
      'normalise',
      '--source',
      config,
      await file('p.json', JSON.stringify(patient)),
    ]);
    expect(exitCode).toBe(0);
    expect(output).toContain('22222222/ehr');
  });

  it.each([
    ['an unknown tenant', 'tenant: 1\nsourceId: ehr\n', 'tenant must be a URA'],
    ['a bad source id', 'tenant: "22222222"\nsourceId: E H R\n', 'sourceId must be'],
    [
      'an unknown field',
      'tenant: "22222222"\nsourceId: ehr\nsettings: {zone: x}\n',
      'settings.zone is not a known field',
    ],
    [
      'an unknown time zone',
      'tenant: "22222222"\nsourceId: ehr\nsettings: {timeZone: Mars}\n',
      'settings.timeZone must be an IANA time zone',
    ],
    ['no mapping at all', 'just text', 'must be a mapping'],
    ['bad YAML', 'tenant: [', 'not valid YAML'],
  ])('refuses a source configuration with %s, exit code 2', async (_what, yaml, message) => {
    const config = await file('bad.yaml', yaml);
    const { exitCode, output, problems } = await runSamenhang([
      'normalise',
      '--source',
      config,
      await file('p.json', JSON.stringify(patient)),
    ]);
    expect(exitCode).toBe(2);
    expect(output).toBe('');
    expect(problems).toContain(`${config}: ${message}`);
    expect(problems.trimEnd().split('\n')).toHaveLength(1);
  });

  it.each([
    ['a file that is not there', ['normalise', '/nowhere/x.hl7'], 'there is no such file'],
    ['a directory', ['normalise', '/'], 'it is a directory'],
    ['no file', ['normalise'], "missing required argument 'file'"],
    ['an unknown format', ['normalise', '--format', 'xml', '-'], '--format xml is not known'],
    ['an unknown command', ['nonsense'], "unknown command 'nonsense'"],
    ['an unknown option', ['status', '--nonsense'], "unknown option '--nonsense'"],
    ['no command', [], 'Usage: samenhang'],
    ['a bad port', ['status', '--port-base', 'x'], '--port-base must be a whole number'],
  ])('takes %s for wrong usage, exit code 2', async (_what, parameters, message) => {
    const { exitCode, problems } = await runSamenhang(parameters);
    expect(exitCode).toBe(2);
    expect(problems).toContain(message);
  });

  it('shows help with exit code 0', async () => {
    expect(await runSamenhang(['--help'])).toMatchObject({ exitCode: 0, problems: '' });
    expect((await runSamenhang(['normalise', '--help'])).output).toContain('- is standard input');
  });
});

describe('HL7 v2', () => {
  const message = (bsn: string): string =>
    [
      'MSH|^~\\&|ZIS|NOORD|EPD|NOORD|20260301100000||ADT^A08^ADT_A01|1|P|2.5|||||NLD|UNICODE UTF-8',
      'EVN|A08|20260301100000',
      `PID|1||123^^^ZIS^PI~${bsn}^^^NLMINBIZA^NNNLD||Jansen^Anna||19500101|F`,
      'PV1|1|N',
    ].join('\r');

  it('becomes resources, one message after another; a bad one is named by its line', async () => {
    const path = await file('two.hl7', `${message('900186021')}\r${message('123456789')}\r`);
    const { exitCode, output, problems } = await runSamenhang(['normalise', path]);
    expect(exitCode).toBe(1);
    expect(output).toContain('"900186021"');
    expect(output).not.toContain('"123456789"');
    expect(problems).toMatch(new RegExp(`^${path}:5:PID-3.* error bsn-fails-eleven-test`, 'm'));
    expect(problems).not.toContain('123456789');
  });
});
