import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExactJson } from '@samenhang/fhir-r4';

/** A file of the specification's tests: resources, and views with what they must give. */
export interface TestFile {
  readonly name: string;
  readonly resources: readonly unknown[];
  readonly tests: readonly ViewTest[];
}

export interface ViewTest {
  readonly title: string;
  readonly view: unknown;
  readonly expect?: readonly Readonly<Record<string, unknown>>[];
  readonly expectCount?: number;
  readonly expectColumns?: readonly string[];
  readonly expectError?: boolean;
}

/** The test files of a folder, by name; other JSON files in it are left alone. Decimals keep their text. */
export function readTestFiles(folder: string): TestFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .flatMap((name) => {
      const content = parseExactJson(readFileSync(join(folder, name), 'utf8'));
      return isTestFile(content) ? [{ ...content, name }] : [];
    });
}

function isTestFile(content: unknown): content is Omit<TestFile, 'name'> {
  const file = content as Partial<TestFile> | null;
  return typeof file === 'object' && Array.isArray(file?.tests) && Array.isArray(file.resources);
}
