/** What the user got wrong (exit code 2), or what went wrong (exit code 1), in one line for people. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = 'CommandFailure';
  }
}

export function usage(message: string): CommandFailure {
  return new CommandFailure(message, 2);
}
