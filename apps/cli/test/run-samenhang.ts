import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

export interface CommandResult {
  readonly exitCode: number | null;
  readonly output: string;
  readonly problems: string;
}

/** Runs the built command line as a user would, in a process of its own. */
export async function runSamenhang(parameters: readonly string[], input = ''): Promise<CommandResult> {
  const child = spawn(process.execPath, [main, ...parameters], { env: { PATH: process.env['PATH'] } });
  child.stdin.end(input);
  const texts = { output: '', problems: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.problems += text));
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { exitCode, ...texts };
}
