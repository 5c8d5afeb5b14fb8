import { Failure } from '@samenhang/errors';
import {
  mappingWithTables,
  readTableSet,
  readTableTests,
  runTableTests,
  type TableFiles,
  type TableProblem,
} from '@samenhang/mapping';
import type { StoredTables } from './table-set-store.js';

/**
 * A set of tables as it was sent: readable, and passing its own tests under the rules of this release.
 * @throws Failure('invalid') with everything that is wrong, by file and entry
 */
export function judgeTableSet(body: unknown): StoredTables {
  const { files, tests } = (body ?? {}) as { readonly files?: unknown; readonly tests?: unknown };
  if (typeof files !== 'object' || files === null || Array.isArray(files) || Object.keys(files).length === 0)
    throw new Failure('malformed', 'files is an object of tables by file: at least one');
  const read = readTableSet(files as TableFiles);
  const readTests = readTableTests(tests);
  const problems = [read, readTests].flatMap((one) => ('problems' in one ? one.problems : []));
  if (problems.length > 0 || !('set' in read) || !('tests' in readTests)) throw refused(problems);
  const failed = runTableTests(readTests.tests, mappingWithTables(read.set, 0));
  if (failed.length > 0) throw refused(failed);
  return { files: files as TableFiles, tests: readTests.tests };
}

function refused(problems: readonly TableProblem[]): Failure {
  return new Failure('invalid', 'The set of tables is not valid', {
    issues: problems.map(({ file, entry, text }) => ({
      code: 'table',
      text: `${file}: ${entry === '' ? '' : `${entry}: `}${text}`,
      expression: `${file}/${entry}`,
    })),
  });
}
