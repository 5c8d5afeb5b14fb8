import { decodeBase64, encodeBase64Url } from './encoding.js';
import { decodeScalar } from './group.js';
import type { GroupScalar } from './group.js';
import { OprfError } from './oprf-error.js';

/** What a sender hands to the recipient: the evaluation it cannot read itself (a JWE), and the blind to take off. */
export interface PseudonymToken {
  readonly evaluatedOutput: string;
  readonly blindFactor: GroupScalar;
}

/** The token as it stands in `List.subject.identifier.value`. */
export function encodePseudonymToken(token: PseudonymToken): string {
  const json = JSON.stringify({
    evaluated_output: token.evaluatedOutput,
    blind_factor: encodeBase64Url(token.blindFactor),
  });
  return encodeBase64Url(Buffer.from(json, 'utf8'));
}

/** @throws OprfError */
export function decodePseudonymToken(text: string): PseudonymToken {
  const { evaluated_output: evaluatedOutput, blind_factor: blindFactor } = parseObject(decodeBase64(text));
  if (typeof evaluatedOutput !== 'string' || typeof blindFactor !== 'string') throw new OprfError('token');
  return { evaluatedOutput, blindFactor: decodeScalar(decodeBase64(blindFactor)) };
}

function parseObject(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: whatever the parser said could quote the token.
  }
  throw new OprfError('token');
}
