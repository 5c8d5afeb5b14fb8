import { Failure } from '@samenhang/errors';

export function membersOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed('body');
  return body as Readonly<Record<string, unknown>>;
}

export function malformed(name: string): Failure {
  return new Failure('malformed', `Not as it should be: ${name}`);
}
