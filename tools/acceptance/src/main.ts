#!/usr/bin/env node
import { Command } from 'commander';
import { runAcceptance } from './run-acceptance.js';
import { scenarios } from './scenarios.js';

const DEFAULT_PORT_BASE = 24_000;

interface Options {
  readonly json?: true;
  readonly portBase: string;
  readonly only?: string;
}

const program = new Command('acceptance')
  .description('Tells the acceptance scenarios of the trust framework on an installation of its own')
  .option('--json', 'end with one line of JSON')
  .option('--port-base <port>', 'first port of the installation', String(DEFAULT_PORT_BASE))
  .option('--only <ids>', 'these scenarios, separated by commas')
  .parse();

const options = program.opts<Options>();
const wanted = options.only?.split(',').map(Number);
const started = performance.now();
const report = await runAcceptance({
  portBase: Number(options.portBase),
  scenarios: scenarios.filter(({ id }) => wanted?.includes(id) ?? true),
  say: (line) => process.stderr.write(`${line}\n`),
});
const seconds = Math.round((performance.now() - started) / 1_000);
process.stderr.write(`\n${report.passed} passed, ${report.failed} failed in ${seconds} s\n`);
if (options.json) process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(report.failed === 0 ? 0 : 1);
