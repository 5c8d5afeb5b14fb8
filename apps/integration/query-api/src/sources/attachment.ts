import type { FhirResource } from '@samenhang/data-model';
import { isRecord, recordsOf } from './json-shape.js';
import { SourceFailure } from './source-report.js';

/** Where the bytes of a file are: in the document, or in a Binary of the same server. */
export type FileContent =
  | { readonly kind: 'here'; readonly data: string; readonly contentType: string }
  | { readonly kind: 'binary'; readonly id: string; readonly contentType: string | undefined };

const ID = /^[A-Za-z0-9\-.]{1,64}$/;
const UNKNOWN_TYPE = 'application/octet-stream';

/** The files of a DocumentReference or of a DiagnosticReport, in their order. */
function attachmentsOf(document: FhirResource): Record<string, unknown>[] {
  const contents = recordsOf(document['content']).map(({ attachment }) => attachment);
  return [...contents, ...recordsOf(document['presentedForm'])].map((one) => (isRecord(one) ? one : {}));
}

/**
 * One of the files of a document, counted from 0; undefined when there is none there.
 * @throws SourceFailure for a file on another server: nothing is fetched from where a document points
 */
export function findFile(document: FhirResource, at: number, base: string): FileContent | undefined {
  const attachment = attachmentsOf(document)[at];
  if (attachment === undefined) return undefined;
  const { data, url } = attachment;
  const contentType = typeof attachment['contentType'] === 'string' ? attachment['contentType'] : undefined;
  if (typeof data === 'string' && data !== '')
    return { kind: 'here', data, contentType: contentType ?? UNKNOWN_TYPE };
  if (typeof url !== 'string') return undefined;
  const relative = url.startsWith(`${base}/`) ? url.slice(base.length + 1) : url;
  const [type, id = '', ...rest] = relative.split('/');
  if (type !== 'Binary' || !ID.test(id) || rest.length > 0)
    throw new SourceFailure('invalid', 'The file is on another server than the document');
  return { kind: 'binary', id, contentType };
}

/** What a Binary holds. @throws SourceFailure when it is none */
export function readBinary(
  resource: FhirResource,
  contentType: string | undefined,
): FileContent & { kind: 'here' } {
  const { data } = resource;
  if (resource.resourceType !== 'Binary' || typeof data !== 'string')
    throw new SourceFailure('invalid', 'The source gives no Binary with data');
  const stated = typeof resource['contentType'] === 'string' ? resource['contentType'] : undefined;
  return { kind: 'here', data, contentType: stated ?? contentType ?? UNKNOWN_TYPE };
}
