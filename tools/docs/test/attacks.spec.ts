import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../workspace/projects.mjs';

const path = 'docs/security.md';
const page = readFileSync(join(root, path), 'utf8');

/** Where each name in brackets leads. */
const targets = new Map(
  [...page.matchAll(/^\[([\w.-]+)\]: (\S+)$/gm)].map(([, name = '', target = '']) => [name, target]),
);

/** Rows of the first table below a heading, its own head left out. */
const rowsBelow = (heading: string): string[][] =>
  page
    .slice(page.indexOf(heading) + heading.length)
    .split(/^## /m, 1)
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .slice(2);

const attacks = rowsBelow('# Attacks that are tried')
  .filter((cells) => cells.length === 5)
  .slice(2);
const chapters = rowsBelow('## By chapter');
const namesIn = (text = ''): string[] => [...text.matchAll(/\[([\w.-]+)\]/g)].map(([, name = '']) => name);

describe('docs/security.md', () => {
  it('is read: it has attacks, chapters and tests', () => {
    expect(attacks.length).toBeGreaterThan(35);
    expect(chapters).toHaveLength(17);
    expect(targets.size).toBeGreaterThan(40);
  });

  it.each(attacks.map(([attack = '', , , , tests = '']) => [attack, tests]))(
    '%s: is tried by tests that exist',
    (_, tests) => {
      const names = namesIn(tests);
      expect(names).not.toEqual([]);
      for (const name of names) {
        const target = targets.get(name);
        expect(target, name).toMatch(/(\.spec\.ts|_test\.rego)$/);
        expect(existsSync(join(root, dirname(path), target ?? '')), target).toBe(true);
      }
    },
  );

  it('leaves out no chapter of ASVS 5 and none of the API top ten', () => {
    expect(chapters.map(([chapter = '']) => /^V\d+/.exec(chapter)?.[0])).toEqual(
      Array.from({ length: 17 }, (_, index) => `V${index + 1}`),
    );
    for (const [chapter = '', how = ''] of chapters)
      expect(namesIn(how).every((name) => targets.has(name)) && how !== '', chapter).toBe(true);
    const risks = new Set(attacks.map(([, , , risk]) => risk));
    expect(risks).toEqual(new Set(Array.from({ length: 10 }, (_, index) => `API${index + 1}`)));
  });

  it('names no test that it does not use', () => {
    const text = page.replaceAll(/^\[[\w.-]+\]: .*$/gm, '');
    const used = new Set(namesIn(text));
    expect([...targets.keys()].filter((name) => !used.has(name))).toEqual([]);
  });
});
