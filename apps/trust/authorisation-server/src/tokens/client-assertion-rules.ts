/** National rule for assertions at the token endpoint: of use for a minute. */
const MAXIMUM_LIFETIME_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 5;

/**
 * What is asked of a client assertion beyond RFC 7523: it lives for a minute at most, and an assertion that names a
 * certificate (`cnf.x5t#S256`) is of use only over a connection made with that certificate.
 * @returns the rule that does not hold
 */
export function findAssertionFault(
  claims: Readonly<Record<string, unknown>>,
  certificateThumbprint: string | undefined,
  now: number = Date.now(),
): string | undefined {
  const { exp, iat, cnf } = claims;
  if (typeof exp !== 'number' || typeof iat !== 'number') return 'iat and exp are required';
  const seconds = now / 1000;
  if (iat > seconds + CLOCK_TOLERANCE_SECONDS) return 'iat lies in the future';
  if (exp - iat > MAXIMUM_LIFETIME_SECONDS) return 'it is valid for more than a minute';
  if (cnf === undefined) return undefined;
  const thumbprint = (cnf as { readonly 'x5t#S256'?: unknown } | null)?.['x5t#S256'];
  if (typeof thumbprint !== 'string') return 'cnf names no certificate';
  return thumbprint === certificateThumbprint ? undefined : 'it is for another certificate';
}
