// `npm run dev`: rebuilds on every change and starts everything again when the build is whole.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { nodeBinary, root, toolEnvironment } from './prepare.mjs';

const environment = toolEnvironment();
let running;

function restart() {
  const start = () => {
    running = spawn(nodeBinary(), [join(root, 'tools/start/main.mjs'), ...process.argv.slice(2)], {
      env: environment,
      stdio: 'inherit',
    });
  };
  if (running === undefined || running.exitCode !== null) return start();
  running.once('exit', start);
  running.kill('SIGTERM');
}

const compiler = spawn(join(root, 'node_modules/.bin/tsc'), ['-b', '--watch', '--preserveWatchOutput'], {
  cwd: root,
  env: environment,
  stdio: ['ignore', 'pipe', 'inherit'],
});
compiler.stdout.setEncoding('utf8');
compiler.stdout.on('data', (text) => {
  process.stdout.write(text);
  if (/Found 0 errors/.test(text)) restart();
});
process.once('SIGINT', () => {
  compiler.kill();
  running?.once('exit', () => process.exit(0));
  if (running === undefined || running.exitCode !== null) process.exit(0);
});
