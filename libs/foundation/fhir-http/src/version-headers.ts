export const fhirJson = 'application/fhir+json; charset=utf-8';

/** Headers of a resource's version (http://hl7.org/fhir/R4/http.html#versioning). */
export function versionHeaders(version: number, lastUpdated: Date): Record<string, string> {
  return { etag: `W/"${version}"`, 'last-modified': lastUpdated.toUTCString() };
}

/** Address of a version, for `Location` after a write. */
export function versionLocation(base: string, type: string, id: string, version: number): string {
  return `${base}/${type}/${id}/_history/${version}`;
}
