#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { runHealthDcatAp } from './health-dcat-ap/command.js';
import { runSqlOnFhir } from './sql-on-fhir/command.js';

const suites: ReadonlyMap<string, (folder: string) => Promise<Suite>> = new Map([
  ['sql-on-fhir', runSqlOnFhir],
  ['health-dcat-ap', runHealthDcatAp],
]);

/** What a suite's run gave: a line per failure, and the counts. */
export interface Suite {
  readonly failures: readonly string[];
  readonly passed: number;
  readonly failed: number;
}

const program = new Command('conformance')
  .description('Runs published conformance tests. The last line of standard output is one JSON object.')
  .argument('<suite>', `which tests: ${[...suites.keys()].join(', ')}`, suiteOf)
  .argument('<folder>', 'folder with the test files of the suite')
  .option('--json', 'print only the JSON line')
  .action(async (run: (folder: string) => Promise<Suite>, folder: string, options: { json?: boolean }) => {
    const { failures, passed, failed } = await run(folder);
    if (options.json !== true) for (const failure of failures) process.stdout.write(`${failure}\n`);
    process.stdout.write(`${JSON.stringify({ passed, failed })}\n`);
    if (failed > 0) process.exitCode = 1;
  });

function suiteOf(name: string): (folder: string) => Promise<Suite> {
  const suite = suites.get(name);
  if (suite === undefined) throw new InvalidArgumentError(`there are: ${[...suites.keys()].join(', ')}`);
  return suite;
}

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`conformance: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
