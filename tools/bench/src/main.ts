#!/usr/bin/env node
import { Command, InvalidArgumentError } from 'commander';
import { benchmarks, type BenchmarkOptions } from './benchmarks.js';

const program = new Command('bench')
  .description('Measures this system on this machine. The last line of standard output is one JSON object.')
  .argument('<name>', `which benchmark: ${[...benchmarks.keys()].join(', ')}`)
  .option('--json', 'print only the JSON line on standard output')
  .option('--seconds <n>', 'length of each measured run', wholeNumber, 20)
  .option('--engine <name>', 'embedded, kafka or both', 'both')
  .option('--rows <n>', 'registrations in the index (localisation)', wholeNumber)
  .option('--resources <n,…>', 'resources in the record that is searched, growing (query)', wholeNumbers)
  .option('--data-dir <folder>', 'where the record that is searched is kept for a later run (query)')
  .option('--against-hapi <url>', 'FHIR API of a HAPI server that is filled and asked beside it (query)')
  .option('--hapi-pid <n>', 'its process', wholeNumber)
  .option('--hapi-postgres-pid <n>', 'that of its database', wholeNumber)
  .option('--against-reference <folder>', 'sof-js, the reference implementation of views (secondary-use)')
  .option('--pathling-python <file>', 'Python that Pathling is installed for (secondary-use)')
  .option(
    '--only <names>',
    'these results alone, separated by commas (localisation, normalise, query, secondary-use)',
    (text) => text.split(','),
  )
  .option('--port-base <n>', 'first port of the installation that is measured', wholeNumber, 9400)
  .action(async (name: string, options: BenchmarkOptions) => {
    const benchmark = benchmarks.get(name);
    if (benchmark === undefined) {
      const known = [...benchmarks.keys()].join(', ');
      return program.error(`Unknown benchmark "${name}"; there are: ${known}`, { exitCode: 2 });
    }
    const results = await benchmark(options);
    if (options.json !== true) printTable(results);
    process.stdout.write(`${JSON.stringify({ benchmark: name, results })}\n`);
  });

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('must be a whole number of at least 1');
  return value;
}

function wholeNumbers(text: string): number[] {
  return text.split(',').map(wholeNumber);
}

function printTable(results: readonly object[]): void {
  process.stdout.write(`${results.map((result) => JSON.stringify(result)).join('\n')}\n`);
}

await program.parseAsync();
