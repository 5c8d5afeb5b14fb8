// Reads the JSON report of Vitest, and of the second run of the files that failed in it, if there was one. Prints what was
// skipped and what passed only the second time, by name, and as last line: PASSED FAILED.
// With `--failed-files`: prints only the files to run again, a line each.
// With CI=true a skipped test of Kafka, of the validator or of the deployment counts as failed: there they must run. The
// validator is not part of the repository; where it does not lie beside the checkout its tests are named and let go.
import { existsSync, readFileSync } from 'node:fs';

const [first, second] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const filesOf = (report) =>
  report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);

if (process.argv.includes('--failed-files')) {
  for (const name of filesOf(read(first))) console.log(name);
  process.exit(0);
}

/** The first report, with each file that was run again as it ended then. */
function settled() {
  const report = read(first);
  if (second === undefined || !existsSync(second)) return report;
  const again = new Map(read(second).testResults.map((file) => [file.name, file]));
  for (const file of report.testResults.filter(({ name }) => again.has(name)))
    for (const test of file.assertionResults.filter(({ status }) => status === 'failed'))
      console.log(`failed the first time: ${test.fullName.trim()} (${file.name})`);
  return { testResults: report.testResults.map((file) => again.get(file.name) ?? file) };
}

const report = settled();
const tests = report.testResults.flatMap((file) =>
  file.assertionResults.map((test) => ({ ...test, file: file.name })),
);
const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
const required = ['kafka', 'needs Go', ...(existsSync('../shared/fhir-validator') ? ['validator'] : [])];
const mayNotSkip = process.env.CI === 'true' ? new RegExp(required.join('|'), 'i') : /^$/;
const forbidden = skipped.filter(({ fullName, file }) => mayNotSkip.test(`${fullName} ${file}`));
// A file that cannot be loaded fails without a test of its own.
const brokenFiles = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
);

for (const { fullName } of skipped) console.log(`skipped: ${fullName.trim()}`);
for (const { fullName } of forbidden) console.log(`may not be skipped here: ${fullName.trim()}`);
for (const { name, message } of brokenFiles) console.log(`failed as a whole: ${name}: ${message}`);
const passed = tests.filter(({ status }) => status === 'passed').length;
const failed = tests.filter(({ status }) => status === 'failed').length;
console.log(`${passed} ${failed + forbidden.length + brokenFiles.length}`);
