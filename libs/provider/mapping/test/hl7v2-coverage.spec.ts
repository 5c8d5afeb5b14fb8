import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { normaliseMessage, type MappingObservationCount } from '@samenhang/mapping';
import { describe, expect, it } from 'vitest';
import { careMessages, person } from './support/care-messages.js';
import { bareResult, hl7, msh, source } from './support/messages.js';
import { samples } from './support/official-validator.js';

const observe = (...segments: string[]): readonly MappingObservationCount[] =>
  normaliseMessage(hl7(...segments)).observations;
const unused = (observations: readonly MappingObservationCount[], kind: string): string[] =>
  observations.filter((one) => one.kind === kind && !one.used).map(({ path }) => path);

describe('the report of what a message carried', () => {
  it('names fields and components that nobody read, and none that were', () => {
    const observations = observe(
      ...bareResult,
      'OBX|1|NM|2345-7^Glucose^LN||5,6|mmol/l|4,0 - 5,5|H|0.9||F|||20260701|||MET^x^L||20260702',
    );
    const ofResult = unused(observations, 'field').filter((path) => path.startsWith('OBX'));
    expect(ofResult).toEqual(['OBX-9', 'OBX-19']);
    expect(observations).toContainEqual({
      kind: 'field',
      messageType: 'ORU^R01',
      path: 'OBX-5',
      used: true,
      count: 1,
    });
  });

  it('names a component beside ones that were read', () => {
    const observations = observe(
      msh('ADT^A28'),
      'EVN|A28|20260301',
      'PID|1||7^CHK^M10^^PI||Jansen^Anna^^^^^L^X',
    );
    expect(unused(observations, 'field')).toEqual(['PID-3.2', 'PID-3.3', 'PID-5.8']);
  });

  it('counts segments of a kind that nobody reads, with their fields', () => {
    const observations = observe(msh('ADT^A28'), 'EVN|A28|20260301', person, 'ZBE|1|x', 'ZBE|2|y');
    expect(observations).toContainEqual({
      kind: 'segment',
      messageType: 'ADT^A28',
      path: 'ZBE',
      used: false,
      count: 2,
    });
    expect(unused(observations, 'field')).toEqual(['ZBE-1', 'ZBE-2']);
  });

  it('classes what steers the message as used, and "" as nothing to read', () => {
    const observations = observe(msh('ADT^A28'), 'EVN|A28|20260301||""', person, 'NK1|1|""');
    expect(unused(observations, 'field')).toEqual([]);
    expect(unused(observations, 'segment')).toEqual([]);
  });

  it('is there for a rejected message too', () => {
    const observations = observe(msh('QBP^Q11'), person, 'FT1|1|||20260301');
    expect(unused(observations, 'segment')).toEqual(['PID', 'FT1']);
  });

  it('names a code that has no place, with its system', () => {
    const observations = observe(
      msh('ADT^A01'),
      'EVN||1',
      person,
      'AL1|1|DA|70618^Penicillin^RXNORM',
      'DG1|1||ABC12^x^EPDLIST',
    );
    expect(observations.filter(({ kind }) => kind === 'code')).toEqual([
      {
        kind: 'code',
        messageType: 'ADT^A01',
        path: 'http://www.nlm.nih.gov/research/umls/rxnorm',
        code: '70618',
        used: false,
        count: 1,
      },
      {
        kind: 'code',
        messageType: 'ADT^A01',
        path: 'https://samenhang.example/fhir/source/22222222/epd/codes/epdlist',
        code: 'ABC12',
        used: false,
        count: 1,
      },
    ]);
  });

  it('names a code of the source, unless it could be the number of a person', () => {
    const codesOf = (code: string) =>
      observe(...bareResult, `OBX|1|NM|${code}^Lokale bepaling^L||5,6|mmol/l|||||F`)
        .filter(({ kind }) => kind === 'code')
        .map((one) => one.code);
    expect(codesOf('XLOC-77')).toEqual(['XLOC-77']);
    expect(codesOf('900186021')).toEqual([undefined]);
  });

  it('never repeats words that a sender put where a code should be', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Jansen', 'van den Berg', 'allergisch voor noten', 'Anna-Maria', 'o'.repeat(40)),
        fc.constantFrom('', '^x^L', '^x^EPD'),
        (words, rest) => {
          const text = JSON.stringify(
            observe(msh('ADT^A01'), 'EVN||1', person, `AL1|1|DA|${words}${rest}`, `DG1|1||${words}${rest}`),
          );
          expect(text).not.toContain(words);
        },
      ),
    );
  });

  it('has each field of a message exactly once or twice: used, unused', () => {
    for (const segments of Object.values(careMessages)) {
      const seen = observe(...segments).map(
        ({ kind, path, used, code }) => `${kind} ${path} ${String(used)} ${code ?? ''}`,
      );
      expect(new Set(seen).size).toBe(seen.length);
    }
  });
});

const absent = !existsSync(samples.hl7v2);
describe.skipIf(absent)(`published samples${absent ? ' (skipped: no ../shared/samples)' : ''}`, () => {
  const files = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory()
        ? files(join(folder, entry.name))
        : entry.name.endsWith('.hl7')
          ? [join(folder, entry.name)]
          : [],
    );

  /** Why one may be refused: no number of its own, no patient, no type that is known, nothing that it is for. */
  const reasons = [
    'invalid-message MSH',
    'missing-segment PID',
    'missing-segment ORC',
    'missing-segment OBR',
    'no-patient-identity PID-3',
    'unsupported-message-type MSH-9',
  ];

  it('are mapped, or refused for a reason that one can see in them', () => {
    const refused: string[] = [];
    for (const file of absent ? [] : files(samples.hl7v2)) {
      const result = normaliseMessage({ ...source, format: 'hl7v2', content: readFileSync(file) });
      const errors = result.issues.filter(({ severity }) => severity === 'error');
      if (result.outcome === 'rejected')
        refused.push(...errors.slice(-1).map(({ code, location }) => `${code} ${location}`));
    }
    expect(refused.filter((reason) => !reasons.includes(reason))).toEqual([]);
    expect(refused.length).toBeLessThan(25);
  });
});
