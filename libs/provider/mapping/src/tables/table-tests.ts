import { findSourceId, findUra, type SourceFormat, type SourceId, type Ura } from '@samenhang/data-model';
import { ElementPath } from '../explanation/element-of.js';
import { isTree, textOf, treesOf } from '../json-tree.js';
import type { Mapping } from '../mapping.js';
import { normaliseMessage } from '../normalise-message.js';
import type { TableProblem } from './table-reader.js';

/** A message and what it must become: what a set of tables is tested with before it is used. */
export interface TableTest {
  readonly name: string;
  readonly format: SourceFormat;
  /** The message as text; segments of HL7 v2 may be lines. */
  readonly message: string;
  readonly expect: readonly TableExpectation[];
}

interface TableExpectation {
  readonly resourceType: string;
  readonly path: string;
  /** What stands there in one of the resources of this type. */
  readonly value: unknown;
}

const formats: readonly string[] = ['hl7v2', 'fhir-r4', 'fhir-stu3', 'cda'] satisfies SourceFormat[];
const FILE = 'tests';

/** Tests as a terminologist wrote them, or everything that is wrong with how they are written. */
export function readTableTests(
  value: unknown,
): { readonly tests: readonly TableTest[] } | { readonly problems: readonly TableProblem[] } {
  const problems: TableProblem[] = [];
  const report = (entry: string, text: string): void => void problems.push({ file: FILE, entry, text });
  if (!Array.isArray(value) || value.length === 0)
    return { problems: [{ file: FILE, entry: '', text: 'must be a list of at least one test' }] };
  const tests = value.map((test: unknown, index): TableTest => {
    const entry = `[${String(index)}]`;
    const read = isTree(test) ? test : {};
    for (const name of ['name', 'message'])
      if (textOf(read[name]) === undefined) report(`${entry}.${name}`, 'must be a text');
    if (!formats.includes(String(read['format'])))
      report(`${entry}.format`, `must be one of ${formats.join(', ')}`);
    const expected = treesOf(read['expect']);
    if (expected.length === 0) report(`${entry}.expect`, 'must be a list of at least one expectation');
    for (const [at, { resourceType, path, value: wanted }] of expected.entries()) {
      const place = `${entry}.expect[${String(at)}]`;
      const isPath = ElementPath.parse(String(path), String(resourceType)) !== undefined;
      if (typeof resourceType !== 'string' || typeof path !== 'string' || !isPath)
        report(place, 'must name a resourceType and the path of an element: valueQuantity.code');
      if (wanted === undefined) report(`${place}.value`, 'is missing');
    }
    return test as TableTest;
  });
  return problems.length > 0 ? { problems } : { tests };
}

const source = { tenant: findUra('00000000') as Ura, sourceId: findSourceId('example') as SourceId };
const settings = {
  localIdentifierSystem: 'https://example.org/patients',
  timeZone: 'Europe/Amsterdam',
  defaultCharset: 'UNICODE UTF-8',
  displayName: 'Example',
};

/** What does not become what a test says. */
export function runTableTests(tests: readonly TableTest[], mapping: Mapping): TableProblem[] {
  return tests.flatMap((test, index) => {
    const entry = `[${String(index)}] ${test.name}`;
    const content = contentOf(test);
    const result = normaliseMessage({ ...source, settings, format: test.format, content }, mapping);
    if (result.outcome === 'rejected')
      return [{ file: FILE, entry, text: `the message is rejected: ${result.issues[0]?.code ?? 'unknown'}` }];
    const made = result.changes.flatMap((change) => (change.action === 'put' ? [change.resource] : []));
    return test.expect.flatMap(({ resourceType, path, value }) => {
      const reader = ElementPath.parse(path, resourceType);
      const found = made
        .filter((resource) => resource.resourceType === resourceType)
        .map((resource) => reader?.find(resource));
      const wanted = JSON.stringify([value]);
      if (found.includes(wanted)) return [];
      const instead = [...new Set(found)].map((json) => json ?? 'nothing').join(' or ');
      const text = `${resourceType}.${path} should be ${JSON.stringify(value)}, and is ${instead === '' ? 'not made' : instead}`;
      return [{ file: FILE, entry, text }];
    });
  });
}

function contentOf({ format, message }: TableTest): Buffer {
  return Buffer.from(format === 'hl7v2' ? message.replaceAll(/\r?\n/g, '\r') : message);
}
