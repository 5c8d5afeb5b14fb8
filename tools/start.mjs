// `npm start`: from a bare checkout to a running node with the demo providers connected.
import { join } from 'node:path';
import { nodeBinary, prepare, root, run } from './start/prepare.mjs';

prepare();
process.exitCode = await run(nodeBinary(), [
  '--disable-warning=TimeoutNegativeWarning',
  join(root, 'tools', 'start', 'main.mjs'),
  ...process.argv.slice(2),
]);
