import { parseArgs } from 'node:util';
import { defaultDataDirectory } from '../../apps/cli/dist/index.js';
import { defaultPortBase } from '../../libs/foundation/service-kit/dist/index.js';

const usage = `Usage: npm start -- [options]

  --once             run the main job, print the result, stop
  --json             print one JSON summary on the last line of standard output
  --distributed      every service in its own process, over Kafka
  --port-base N      first port (default ${defaultPortBase}, or SAMENHANG_PORT_BASE); some 40 ports from there are used
  --data-dir PATH    where data and secrets are kept (or SAMENHANG_DATA_DIR)
  --people N         fictional persons of the demonstration (default 8)
  --no-demo          start the services without the demonstration
  --help`;

/** @returns parsed options, or ends the process with a usage line */
export function readOptions(parameters) {
  let values;
  try {
    ({ values } = parseArgs({
      args: parameters,
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        distributed: { type: 'boolean', default: false },
        'port-base': { type: 'string', default: process.env.SAMENHANG_PORT_BASE ?? String(defaultPortBase) },
        'data-dir': { type: 'string', default: process.env.SAMENHANG_DATA_DIR ?? defaultDataDirectory() },
        people: { type: 'string', default: '8' },
        'no-demo': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exit(2);
  }
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  return {
    once: values.once,
    json: values.json,
    distributed: values.distributed,
    demo: !values['no-demo'],
    portBase: wholeNumber('--port-base', values['port-base'], 1024, 65_000),
    people: wholeNumber('--people', values.people, 2, 10_000),
    dataDirectory: values['data-dir'],
  };
}

function wholeNumber(name, text, lowest, highest) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= lowest && number <= highest) return number;
  process.stderr.write(`${name} must be a whole number from ${lowest} to ${highest}\n`);
  process.exit(2);
}
