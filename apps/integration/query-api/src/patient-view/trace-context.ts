import { randomBytes } from 'node:crypto';

/** W3C Trace Context, version 00: trace id, parent span and flags. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/**
 * The trace of one view: that of the caller where it sends one, a new one otherwise. It goes to every holder and into every
 * audit event, so that the trails of requester and holders can be laid side by side.
 */
export function continueTrace(header: string | undefined): string {
  const [, trace = randomBytes(16).toString('hex'), flags = '01'] = TRACEPARENT.exec(header ?? '') ?? [];
  return `00-${trace}-${randomBytes(8).toString('hex')}-${flags}`;
}
