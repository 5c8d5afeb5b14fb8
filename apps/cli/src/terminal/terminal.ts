/** Where a command reads and writes; tests give their own. */
export interface Terminal {
  readonly input: NodeJS.ReadStream | NodeJS.ReadableStream;
  print(line: string): void;
  /** For progress and problems, beside the result. */
  note(line: string): void;
}

export const processTerminal: Terminal = {
  input: process.stdin,
  print: (line) => void process.stdout.write(`${line}\n`),
  note: (line) => void process.stderr.write(`${line}\n`),
};
