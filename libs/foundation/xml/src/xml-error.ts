/** `unexpected`: well-formed, but not what whoever reads it knows. */
export type XmlFault = 'document-type' | 'not-well-formed' | 'too-deep' | 'too-many-elements' | 'unexpected';

/** A text that cannot be read. Never quotes it. */
export class XmlError extends Error {
  constructor(
    rule: string,
    readonly fault: XmlFault = 'unexpected',
  ) {
    super(`The XML cannot be read: ${rule}`);
    this.name = 'XmlError';
  }
}
