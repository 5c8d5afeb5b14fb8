import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { findText, recordOf, recordsOf } from './fhir-shape.js';
import type { Fact } from './patient-view.js';

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

/** A file of a document, with what is in it. */
export interface DocumentFile {
  /** MIME type with its parameters, as the source says; nothing checked it. */
  readonly contentType: string;
  /** In base64. */
  readonly data: string;
}

/** Which file: of which document, at which care provider, and its place among the files. */
export interface FileName {
  /** URA of the care provider that holds the document. */
  readonly custodian: string;
  /** Address of the document, as its view gave it. */
  readonly document: string;
  readonly at: number;
}

/** What a file of a document in a view is asked by; undefined when the view does not say who holds the document. */
export function findFileName({ address, sources }: Fact, at: number): FileName | undefined {
  const holder = sources.find((source) => source.address === address) ?? sources[0];
  return holder && { custodian: holder.custodian, document: address, at };
}

/** The parameters of `DocumentReference/$attachment` that name a file. */
export function parametersOfFile({ custodian, document, at }: FileName): object[] {
  return [
    { name: 'custodian', valueIdentifier: { system: identifierSystems.ura, value: custodian } },
    { name: 'document', valueUri: document },
    { name: 'at', valueInteger: at },
  ];
}

/** @throws Failure when it is no Binary with content */
export function readDocumentFile(answer: unknown): DocumentFile {
  const { resourceType, contentType, data } = recordOf(answer);
  const [type, content] = [findText(contentType), findText(data)];
  if (resourceType !== 'Binary' || type === undefined || content === undefined)
    throw new Failure('upstream', 'The query API did not answer with a file');
  return { contentType: type, data: content };
}

/** Three bytes in four characters (RFC 4648, section 4). */
function bytesIn(base64: string): number {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return Math.max(0, Math.floor((base64.length * 3) / 4) - padding);
}
