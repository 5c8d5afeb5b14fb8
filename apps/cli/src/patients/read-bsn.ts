import { createInterface } from 'node:readline';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { usage } from '../terminal/command-failure.js';
import type { Terminal } from '../terminal/terminal.js';

export async function readBsn(option: string, terminal: Terminal): Promise<Bsn> {
  const bsn = findBsn(await readNumber(option, terminal));
  if (bsn === undefined) throw usage('--bsn must have nine digits that pass the eleven-test');
  return bsn;
}

/** A BSN on a command line stays in the shell's history and the process list: `-` reads it from standard input. */
export async function readNumber(option: string, terminal: Terminal): Promise<string> {
  return (option === '-' ? await firstLine(terminal) : option).trim();
}

async function firstLine(terminal: Terminal): Promise<string> {
  if ('isTTY' in terminal.input && terminal.input.isTTY) terminal.note('BSN:');
  const lines = createInterface({ input: terminal.input });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  return '';
}
