import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCatalogue, exampleCatalogue, runHealthDcatAp } from '../src/index.js';

const shapesOf = (path: string, severity: string): string => `
  @prefix sh: <http://www.w3.org/ns/shacl#> .
  @prefix dcat: <http://www.w3.org/ns/dcat#> .
  @prefix owl: <http://www.w3.org/2002/07/owl#> .
  <https://shapes.example/all> a owl:Ontology ; owl:imports <https://elsewhere.example/shapes> .
  [] a sh:NodeShape ; sh:targetClass dcat:Dataset ; sh:property [ sh:path ${path} ; sh:minCount 1 ; sh:severity sh:${severity} ] .`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shapes-'));
  writeFileSync(join(folder, 'held.ttl'), shapesOf('dcat:theme', 'Violation'));
  writeFileSync(join(folder, 'recommended.ttl'), shapesOf('<https://shapes.example/colour>', 'Warning'));
  writeFileSync(join(folder, 'broken.ttl'), shapesOf('<https://shapes.example/colour>', 'Violation'));
  writeFileSync(join(folder, 'README.md'), 'no shapes');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('The catalogue against a folder of shapes', () => {
  it('tells of each file what does not hold, and of nothing that is only recommended', async () => {
    const outcomes = await checkCatalogue(exampleCatalogue(), folder);
    expect(outcomes.map(({ file, violations }) => [file, violations.length > 0])).toEqual([
      ['broken.ttl', true],
      ['held.ttl', false],
      ['recommended.ttl', false],
    ]);
    expect(outcomes[0]?.violations[0]).toContain('https://shapes.example/colour');
  });

  it('counts files, and lists what does not hold', async () => {
    const { passed, failed, failures } = await runHealthDcatAp(folder);
    expect({ passed, failed }).toEqual({ passed: 2, failed: 1 });
    expect(failures.every((failure) => failure.startsWith('broken.ttl: '))).toBe(true);
  });
});
