import { versionHeaders } from '@samenhang/fhir-http';

interface Version {
  readonly version: number;
  readonly lastUpdated: Date;
}

/**
 * Whether the caller has this version already (http://hl7.org/fhir/R4/http.html#cread). With `If-None-Match` the date does
 * not count (RFC 9110, section 13.1.3); its comparison is weak.
 */
export function isKnownVersion(
  { version, lastUpdated }: Version,
  ifNoneMatch: string | undefined,
  ifModifiedSince: string | undefined,
): boolean {
  if (ifNoneMatch !== undefined) {
    const current = withoutWeakness(versionHeaders(version, lastUpdated)['etag'] ?? '');
    return ifNoneMatch
      .split(',')
      .map((tag) => tag.trim())
      .some((tag) => tag === '*' || withoutWeakness(tag) === current);
  }
  const since = ifModifiedSince === undefined ? Number.NaN : Date.parse(ifModifiedSince);
  // HTTP dates have no fractions of a second.
  return !Number.isNaN(since) && Math.floor(lastUpdated.getTime() / 1000) <= Math.floor(since / 1000);
}

const withoutWeakness = (tag: string): string => tag.replace(/^W\//, '');
