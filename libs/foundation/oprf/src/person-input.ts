import { hkdfSync } from 'node:crypto';
import canonicalize from 'canonicalize';

/** A person's identifier as the pseudonymisation specification writes it. `type` is upper case: `BSN`. */
export interface PersonIdentifier {
  readonly landCode: string;
  readonly type: string;
  readonly value: string;
}

/** For whom a pseudonym is made. Every deployment of a recipient pins one spelling: another makes other pseudonyms. */
export interface PseudonymRecipient {
  /** With its prefix, e.g. `oin:00000099000000001000`. */
  readonly organisation: string;
  /** E.g. `nvi`. */
  readonly scope: string;
}

/** The national reference index as this project spells it, unless a deployment pins otherwise. */
export const referenceIndexRecipient: PseudonymRecipient = {
  organisation: 'oin:00000099000000001000',
  scope: 'nvi',
};

/**
 * The input of the OPRF: RFC 8785 JSON of the identifier through HKDF-SHA256 (no salt, 32 bytes), bound to the
 * recipient by the info string, so that two recipients' pseudonyms cannot be linked.
 */
export function derivePersonInput(person: PersonIdentifier, recipient: PseudonymRecipient): Uint8Array {
  const { landCode, type, value } = person;
  const canonical = canonicalize({ landCode, type, value });
  if (canonical === undefined) throw new TypeError('A person identifier is a JSON object');
  const info = `${recipient.organisation}|${recipient.scope}|v1`;
  return new Uint8Array(hkdfSync('sha256', Buffer.from(canonical, 'utf8'), new Uint8Array(0), info, 32));
}
