import { Failure } from '@samenhang/errors';
import type { PseudonymRecipient } from '@samenhang/oprf';

type Json = Readonly<Record<string, unknown>>;

const ORGANISATION = /^(oin:\d{20}|ura:\d{8})$/;
const SCOPE = /^[a-z][a-z0-9-]{0,63}$/;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function objectOf(body: unknown): Json {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json;
  throw new Failure('malformed', 'A JSON object is required');
}

/** `recipientOrganization` and `recipientScope`. @throws Failure('malformed') */
export function readRecipientOf(members: Json): PseudonymRecipient {
  const { recipientOrganization: organisation, recipientScope: scope } = members;
  if (typeof organisation !== 'string' || !ORGANISATION.test(organisation))
    throw malformed('recipientOrganization');
  if (typeof scope !== 'string' || !SCOPE.test(scope)) throw malformed('recipientScope');
  return { organisation, scope };
}

export function readVersion(value: unknown): number {
  const version = Number(value);
  if (!Number.isInteger(version) || version < 1 || version > 1_000_000) throw malformed('version');
  return version;
}

/** RFC 3339 with an offset. @returns undefined when absent */
export function readInstant(members: Json, name: string): Date | undefined {
  const value = members[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !INSTANT.test(value) || Number.isNaN(Date.parse(value)))
    throw malformed(name);
  return new Date(value);
}

export function malformed(name: string): Failure {
  const text = `${name} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: name }] });
}
