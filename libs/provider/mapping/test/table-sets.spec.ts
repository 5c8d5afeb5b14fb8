import type { SourceId } from '@samenhang/data-model';
import fc from 'fast-check';
import {
  currentMapping,
  mappingWithTables,
  normaliseMessage,
  readTableSet,
  readTableTests,
  releasedTables,
  runTableTests,
  toIps,
  type Mapping,
  type TableFiles,
} from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages } from './support/care-messages.js';
import { bareResult, fhir, hl7 } from './support/messages.js';

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

  it('changes how other forms are read and written', () => {
    const alpha3 = { ...releasedTables.countries.alpha3, UTO: 'NL' };
    const changed = withFiles({
      countries: { alpha3 },
      'claimable-profiles': { ...releasedTables['claimable-profiles'], Basic: ['nl-core-New'] },
      'hl7-control-fields': { ...releasedTables['hl7-control-fields'], PID: '1 2' },
      'ucum-atoms': { other: `${releasedTables['ucum-atoms'].other} [new_u]` },
      units: { exact: ['[new_u]'] },
      stu3: { systems: { 'http://hl7.org/fhir/old-system': 'http://new.example/system' } },
      ips: { sections: releasedTables.ips.sections.map((one) => ({ ...one, title: `- ${one.title}` })) },
    });
    const { tables } = changed;
    expect([tables.findCountry('UTO'), currentMapping.tables.findCountry('UTO')]).toEqual(['NL', undefined]);
    expect(tables.isClaimable('Basic', 'nl-core-New')).toBe(true);
    expect([tables.isControlField('PID', 2), currentMapping.tables.isControlField('PID', 2)]).toEqual([
      true,
      false,
    ]);
    expect([tables.isUcum('m[new_u]'), tables.isUcum('[new_u]/L')]).toEqual([false, true]);
    const stu3 = {
      resourceType: 'Condition',
      id: 'c',
      subject: { reference: 'Patient/p' },
      code: { coding: [{ system: 'http://hl7.org/fhir/old-system', code: 'x' }] },
    };
    const result = normaliseMessage({ ...fhir(stu3), format: 'fhir-stu3' }, changed);
    expect(JSON.stringify(result)).toContain('http://new.example/system');
    const patient = { resourceType: 'Patient', id: 'p', name: [{ text: 'X' }] };
    const context = { timestamp: '2026-11-22T10:00:00Z', custodian: { ura: '22222222', name: 'Noord' } };
    expect(JSON.stringify(toIps([patient], context, tables))).toContain('"title":"- Problem List"');
    expect(JSON.stringify(toIps([patient], context))).toContain('"title":"Problem List"');
  });

  it('holds what is particular to one source, and for that source alone', () => {
    const own = {
      settings: { timeZone: 'America/New_York' },
      names: { OURS: 'http://loinc.org' },
    };
    const units = { grambottle: 'g/L' };
    const changed = withFiles({ sources: { '22222222/epd': { ...own, units } } });
    const sent = hl7(
      ...bareResult.slice(0, 2),
      bareResult[2]?.replace('^LN', '^OURS') ?? '',
      'OBX|1|NM|2345-7^Glucose^OURS||5,6|gram bottle||||||F',
    );
    const made = JSON.stringify(normaliseMessage(sent, changed));
    expect(made).toContain('"code":"g/L"');
    expect(made).toContain('{"system":"http://loinc.org","code":"2345-7"');
    expect(made).toContain('2026-07-01T08:15:00-04:00');
    const elsewhere = JSON.stringify(normaliseMessage({ ...sent, sourceId: 'lab' as SourceId }, changed));
    expect(elsewhere).not.toContain('g/L');
    expect(elsewhere).toContain('2026-07-01T08:15:00+02:00');
    const wrong = { lis: {}, '22222222/lis': { settings: { timeZone: 'Mars', table: {} }, other: {} } };
    const read = readTableSet({ sources: wrong });
    expect('problems' in read && read.problems.map(({ entry }) => entry)).toEqual([
      'lis',
      '22222222/lis.settings.timeZone',
      '22222222/lis.settings.table',
      '22222222/lis.other',
    ]);
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
