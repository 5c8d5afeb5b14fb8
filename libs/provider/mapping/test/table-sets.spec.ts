import fc from 'fast-check';
import {
  currentMapping,
  mappingWithTables,
  normaliseMessage,
  readTableSet,
  readTableTests,
  releasedTables,
  runTableTests,
  type Mapping,
  type TableFiles,
} from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages } from './support/care-messages.js';
import { bareResult, hl7 } from './support/messages.js';

function withFiles(files: TableFiles, version = 1): Mapping {
  const read = readTableSet(files);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return mappingWithTables(read.set, version);
}

const message = [...bareResult, 'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol per liter||||||F'].join('\n');
const expected = { resourceType: 'Observation', path: 'valueQuantity.code', value: 'mmol/L' };
const test = { name: 'a unit in words', format: 'hl7v2', message, expect: [expected] } as const;
const folded = { ...releasedTables.units.folded, mmolperliter: 'mmol/L' };

describe('a set of tables', () => {
  it('as it was released is without fault, and makes the same of every message', () => {
    const same = withFiles(JSON.parse(JSON.stringify(releasedTables)) as TableFiles);
    for (const segments of Object.values(careMessages)) {
      const released = normaliseMessage(hl7(...segments), currentMapping);
      expect(JSON.stringify(normaliseMessage(hl7(...segments), same))).toBe(JSON.stringify(released));
    }
  });

  it('changes what it names and nothing else, and is part of the version', () => {
    const changed = withFiles({ units: { folded } }, 3);
    expect(changed.version).toBe(`${currentMapping.version}+tables.3`);
    expect(runTableTests([test], changed)).toEqual([]);
    expect(runTableTests([test], currentMapping)).toEqual([
      {
        file: 'tests',
        entry: '[0] a unit in words',
        text: expect.stringContaining('Observation.valueQuantity.code should be "mmol/L"') as string,
      },
    ]);
  });

  it('is refused with file, entry and what is expected there', () => {
    const read = readTableSet({
      units: { folded: { 'MMOL/l': 'mmol/L', foo: 'not a unit' }, other: {} },
      'hl7-tables': { '9999': { codes: {} }, '0001': { codes: { f: 'female' } }, '0002': 'nothing' },
      'identifier-systems': { oids: { '1.2.x': 'http://a' }, digits: { 'http://a': 0 } },
      scope: { outOfScope: ['Claims'] },
      observations: { profiles: [{ kind: 'new' }] },
      nothing: {},
    });
    const problems = 'problems' in read ? read.problems : [];
    expect(problems.map(({ file, entry }) => `${file} ${entry}`)).toEqual([
      'units folded.MMOL/l',
      'units folded.foo',
      'units other',
      'hl7-tables 9999',
      'hl7-tables 0001.codes.f',
      'hl7-tables 0002.codes',
      'identifier-systems oids.1.2.x',
      'identifier-systems digits.http://a',
      'scope outOfScope[0]',
      'observations profiles[0].profile',
      'observations profiles[0].kind',
      'observations profiles[0].match',
      'observations profiles[0].codings',
      'observations profiles[0].units',
      'nothing ',
    ]);
  });

  it('is read or refused, whatever it is', () => {
    const name = fc.constantFrom(...Object.keys(releasedTables));
    fc.assert(
      fc.property(fc.dictionary(name, fc.jsonValue()), (files) => {
        const read = readTableSet(files);
        if ('set' in read) expect(() => mappingWithTables(read.set, 1)).not.toThrow();
        else expect(read.problems.every(({ text }) => text !== '')).toBe(true);
      }),
    );
  });
});

describe('tests of a set', () => {
  it('are refused when they say nothing, or not what is expected', () => {
    expect(readTableTests([])).toMatchObject({ problems: [{ file: 'tests' }] });
    const bad = [
      { name: 'x', format: 'fax', message: 'x', expect: [{ resourceType: 'Patient', path: '1' }] },
    ];
    expect(readTableTests(bad)).toMatchObject({
      problems: [{ entry: '[0].format' }, { entry: '[0].expect[0]' }, { entry: '[0].expect[0].value' }],
    });
    expect(readTableTests([test])).toEqual({ tests: [test] });
  });

  it('say that a message is rejected', () => {
    const rejected = { ...test, message: 'MSH|^~\\&' };
    expect(runTableTests([rejected], currentMapping)[0]?.text).toContain('rejected');
  });
});
