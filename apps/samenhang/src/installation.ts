import { mkdirSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where one installation keeps its state. */
export interface Installation {
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
}

export function installationAt(dataDirectory: string): Installation {
  return { dataDirectory, secretsDirectory: join(dataDirectory, 'secrets') };
}

/** All secrets files of a directory, by name without `.json`; empty when there is none yet. */
export function readSecrets(directory: string): Record<string, unknown> {
  if (!existsSync(directory)) return {};
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [
      file.slice(0, -'.json'.length),
      JSON.parse(readFileSync(join(directory, file), 'utf8')) as unknown,
    ]),
  );
}

/** Each file is replaced as a whole: a start that is killed half-way leaves no broken secret. */
export function writeSecrets(directory: string, secrets: Readonly<Record<string, unknown>>): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(secrets)) {
    const file = join(directory, `${name}.json`);
    const text = `${JSON.stringify(content, null, 2)}\n`;
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
