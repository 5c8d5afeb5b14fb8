import type { FhirResource } from '@samenhang/data-model';
import { findText, recordOf, recordsOf } from './fhir-shape.js';

/** A file of a document, as its source describes it (FHIR R4 Attachment). */
export interface Attachment {
  /** Place among the attachments of its document. */
  readonly at: number;
  readonly title?: string;
  /** MIME type with its parameters, as the source says; nothing checked it. */
  readonly contentType?: string;
  /** Size in bytes: of the content when it is here, else as the source says. */
  readonly size?: number;
  /** When the content was made. */
  readonly creation?: string;
  /** The content itself, in base64, when it came along. */
  readonly data?: string;
  /** Where the source keeps the content that did not come along. */
  readonly url?: string;
}

/** The files of a DocumentReference, or of a DiagnosticReport with its presented form; none of anything else. */
export function attachmentsOf(resource: FhirResource): readonly Attachment[] {
  const contents =
    resource.resourceType === 'DocumentReference'
      ? recordsOf(resource['content']).map(({ attachment }) => recordOf(attachment))
      : resource.resourceType === 'DiagnosticReport'
        ? recordsOf(resource['presentedForm'])
        : [];
  return contents.map((attachment, at) => {
    const [title, contentType, creation, url] = ['title', 'contentType', 'creation', 'url'].map((name) =>
      findText(attachment[name]),
    );
    const data = findText(attachment['data']);
    const size = data === undefined ? attachment['size'] : bytesIn(data);
    return {
      at,
      ...(title === undefined ? {} : { title }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(typeof size === 'number' ? { size } : {}),
      ...(creation === undefined ? {} : { creation }),
      ...(data === undefined ? {} : { data }),
      ...(url === undefined ? {} : { url }),
    };
  });
}

/** Three bytes in four characters (RFC 4648, section 4). */
function bytesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}
