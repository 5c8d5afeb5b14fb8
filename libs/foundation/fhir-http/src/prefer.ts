/** Preferences of the client (RFC 7240; http://hl7.org/fhir/R4/search.html#errors). */
export interface Prefer {
  /** `lenient` unless asked otherwise: the specification's default for servers. */
  readonly handling: 'strict' | 'lenient';
}

export function parsePrefer(header: string | readonly string[] | undefined): Prefer {
  const text = [header ?? ''].flat().join(',');
  return { handling: /(^|[\s,;])handling\s*=\s*"?strict"?($|[\s,;])/i.test(text) ? 'strict' : 'lenient' };
}
