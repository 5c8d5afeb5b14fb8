import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDeclaredSources } from './declared-sources.js';

const good = `tenant: "22222222"
sourceId: his
kind: fhir-pull
displayName: HIS
settings:
  localIdentifierSystem: https://his.example/patients
  timeZone: Europe/Amsterdam
  defaultCharset: UTF-8
pull:
  baseUrl: https://fhir.his.example/r4
  resourceTypes:
    - Patient
    - Condition
  intervalSeconds: 60
`;

describe('parseDeclaredSources', () => {
  it('reads a source from each document, and knows the line of each property', () => {
    const { sources, problems } = parseDeclaredSources(
      `${good}---\n${good.replace('his\n', 'other\n')}`,
      'a.yaml',
    );
    expect(problems).toEqual([]);
    expect(sources.map(({ tenant, sourceId }) => [tenant, sourceId])).toEqual([
      ['22222222', 'his'],
      ['22222222', 'other'],
    ]);
    const [first, second] = sources;
    expect(first?.declaration).toMatchObject({ kind: 'fhir-pull', pull: { intervalSeconds: 60 } });
    expect(first?.declaration).not.toHaveProperty('tenant');
    expect(first?.lineOf('pull.resourceTypes[1]')).toBe(13);
    expect(first?.lineOf('pull.baseUrl')).toBe(10);
    expect(first?.lineOf('pull')).toBe(9);
    expect(second?.lineOf('settings.timeZone')).toBe(22);
  });

  it('gives what is absent the line of what should hold it', () => {
    const [source] = parseDeclaredSources(good, 'a.yaml').sources;
    expect(source?.lineOf('pull.auth.clientId')).toBe(9);
    expect(source?.lineOf('mllp')).toBe(1);
  });

  it('says everything that is wrong, with its line', () => {
    const { sources, problems } = parseDeclaredSources(
      'tenant: 22222222\nsourceId: No Good\n---\n- a\n---\na: [\n',
      'b.yaml',
    );
    expect(sources).toEqual([]);
    expect(problems.map(({ line, path }) => [line, path])).toEqual([
      [1, 'tenant'],
      [2, 'sourceId'],
      [4, ''],
      [7, ''],
    ]);
    expect(parseDeclaredSources('', 'c.yaml').problems).toMatchObject([{ text: 'declares no source' }]);
  });

  it('says so when an alias names nothing, or aliases of aliases grow without measure', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [index, name] of [...'bcdefgh'].entries())
      bomb.push(
        `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefg'[index] ?? ''}`).join(', ')}]`,
      );
    for (const text of ["tenant: *nobody\nsourceId: 'ehr'", ': *a', bomb.join('\n')])
      expect(parseDeclaredSources(text, 'x.yaml')).toMatchObject({
        sources: [],
        problems: [{ text: expect.stringContaining('alias') as string }],
      });
  });

  it('never throws, whatever text it is given', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ':', ' ', '\n', '-', '"', '[', '{', '&', '*', '!', '|', '%'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (content) => {
        const { sources, problems } = parseDeclaredSources(content, 'x.yaml');
        if (sources.length === 0) expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
