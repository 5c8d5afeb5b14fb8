import { Failure } from '@samenhang/errors';

const texts = {
  malformed: 'it cannot be read',
  'not-decryptable': 'it is not encrypted to this index',
  unsigned: 'it is not signed by the pseudonymisation service',
  expired: 'it has expired',
  'wrong-audience': 'it was made for another recipient',
  'wrong-requester': 'it was made for another requester',
  'not-an-element': 'it holds no valid group element',
  used: 'it was used before',
} as const;

export type TokenFault = keyof typeof texts;

/** A pseudonym token that is not accepted: 400 to the sender, and the fault as reason in the audit trail. */
export class TokenRefusal extends Failure {
  constructor(
    readonly fault: TokenFault,
    cause?: unknown,
  ) {
    super('malformed', `The pseudonym token is not accepted: ${texts[fault]}`, { cause });
    this.name = 'TokenRefusal';
  }
}
