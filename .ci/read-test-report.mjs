// Reads the JSON report of Vitest. Prints what was skipped, by name, and as last line: PASSED FAILED.
// With CI=true a skipped test of Kafka, of the validator or of the deployment counts as failed: there they must run. The
// validator is not part of the repository; where it does not lie beside the checkout its tests are named and let go.
import { existsSync, readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
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
