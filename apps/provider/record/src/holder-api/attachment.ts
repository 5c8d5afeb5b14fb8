import type { Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';

/** Types of resource that say where the bytes of their files are. */
const documentTypes = ['DiagnosticReport', 'DocumentReference'] as const;
const DOCUMENT = new RegExp(`^(${documentTypes.join('|')})/([A-Za-z0-9\\-.]{1,64})$`);

export interface DocumentName {
  readonly type: string;
  readonly id: string;
}

/** The document in whose context a file is asked (http://hl7.org/fhir/R4/binary.html#security-context). */
export function findDocumentName(securityContext: string | undefined): DocumentName | undefined {
  const [, type, id] = DOCUMENT.exec(securityContext ?? '') ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}

/** Whether a document says that this is one of its files. */
export function isFileOf(body: string, id: string): boolean {
  const { content = [], presentedForm = [] } = JSON.parse(body) as {
    content?: readonly { readonly attachment?: { readonly url?: unknown } }[];
    presentedForm?: readonly { readonly url?: unknown }[];
  };
  const urls = [...content.map(({ attachment }) => attachment?.url), ...presentedForm.map(({ url }) => url)];
  return urls.includes(`Binary/${id}`);
}

/** The stored Binary; whose it is, only the documents that refer to it say. */
export async function findBinary(
  transaction: Transaction,
  tenant: Ura,
  id: string,
): Promise<{ readonly body: string; readonly version: number; readonly lastUpdated: Date } | undefined> {
  const [row] = await transaction.query<{ body: string; version: number; last_updated: Date }>(
    `SELECT body, version, last_updated FROM resource
     WHERE tenant = $1 AND type = 'Binary' AND id = $2 AND NOT deleted AND body IS NOT NULL`,
    [tenant, id],
  );
  return row === undefined
    ? undefined
    : { body: row.body, version: row.version, lastUpdated: row.last_updated };
}
