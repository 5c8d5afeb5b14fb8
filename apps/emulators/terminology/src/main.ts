import { readFile } from 'node:fs/promises';
import { exampleTerminology } from './example-terminology.js';
import { TerminologyEmulator } from './terminology-emulator.js';
import type { TerminologyBundle } from './terminology-resources.js';

const { TERMINOLOGY_FILE: file, PORT: port = '8099' } = process.env;
const bundle =
  file === undefined ? exampleTerminology : (JSON.parse(await readFile(file, 'utf8')) as TerminologyBundle);
const emulator = await TerminologyEmulator.start(bundle, Number(port));
process.stdout.write(`Terminology server: ${emulator.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close());
