import { attachmentsOf, findFileName, type Attachment, type Fact, type FileName } from '@samenhang/client';

/** A file of a document as the page lists it: not its content, which is asked for when somebody opens it. */
export interface ShownFile extends Omit<Attachment, 'data' | 'url'> {
  /** What it is asked by; absent when there is nothing to be asked for. */
  readonly name?: FileName;
}

/** A document and its files. */
export interface ShownDocument {
  readonly fact: Fact;
  readonly files: readonly ShownFile[];
}

/** Undefined for a fact without files. */
export function findShownDocument(fact: Fact): ShownDocument | undefined {
  const attachments = attachmentsOf(fact.resource);
  if (attachments.length === 0) return undefined;
  return {
    fact: { ...fact, resource: withoutContent(fact.resource) },
    files: attachments.map(({ data, url, ...file }) => {
      const name = data === undefined && url === undefined ? undefined : findFileName(fact, file.at);
      return { ...file, ...(name === undefined ? {} : { name }) };
    }),
  };
}

type Tree = Readonly<Record<string, unknown>>;

/** Files weigh more than all facts together: a list of documents does without. */
function withoutContent(resource: Fact['resource']): Fact['resource'] {
  return JSON.parse(JSON.stringify(resource), (key, value: unknown) =>
    key === 'attachment' || key === 'presentedForm' ? withoutData(value) : value,
  ) as Fact['resource'];
}

function withoutData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutData);
  const { data: _data, ...rest } = (value ?? {}) as Tree;
  return rest;
}
