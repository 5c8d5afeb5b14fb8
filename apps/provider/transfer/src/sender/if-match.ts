import { Failure } from '@samenhang/errors';

/** The version that `If-Match` names (http://hl7.org/fhir/R4/http.html#concurrency). @throws Failure('malformed') */
export function versionOfIfMatch(header: string | undefined): number {
  const [, version] = /^(?:W\/)?"(\d{1,9})"$/.exec(header?.trim() ?? '') ?? [];
  if (version === undefined)
    throw new Failure('malformed', 'An update names the version it is based on: If-Match: W/"version"');
  return Number(version);
}
