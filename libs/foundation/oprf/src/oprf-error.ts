/** Why a value of the protocol is refused. Each is the sender's fault; none says anything about the value itself. */
export type OprfFault = 'encoding' | 'length' | 'element' | 'identity' | 'scalar' | 'token';

const texts: Readonly<Record<OprfFault, string>> = {
  encoding: 'Not base64 or base64url',
  length: 'A group element or scalar has 32 bytes',
  element: 'Not the canonical encoding of a ristretto255 element',
  identity: 'The identity element is not allowed',
  scalar: 'Not a canonical non-zero scalar',
  token:
    'Not a pseudonym token: base64url of a JSON object with evaluated_output and blind_factor is required',
};

export class OprfError extends Error {
  constructor(readonly fault: OprfFault) {
    super(texts[fault]);
    this.name = 'OprfError';
  }
}
