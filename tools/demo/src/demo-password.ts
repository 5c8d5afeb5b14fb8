import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Surroundings } from './surroundings.js';

/** Password of the accounts of the demonstration: made once for each installation, kept with its data. */
export function demoPassword(options: Pick<Surroundings, 'dataDirectory'>): string {
  const file = join(options.dataDirectory, 'demo', 'password.txt');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, randomBytes(9).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
