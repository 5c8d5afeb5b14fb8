import { randomUUID } from 'node:crypto';
import { Failure } from '@samenhang/errors';

interface Section {
  readonly entry?: readonly { readonly reference?: unknown }[];
  readonly section?: readonly Section[];
}

/** What the sections of a Composition refer to (`Type/id`), each once. */
export function referencesOf(composition: string): string[] {
  const { section = [] } = JSON.parse(composition) as Section;
  const below = (sections: readonly Section[]): string[] =>
    sections.flatMap(({ entry = [], section: inner = [] }) => [
      ...entry.flatMap(({ reference }) => (typeof reference === 'string' ? [reference] : [])),
      ...below(inner),
    ]);
  return [...new Set(below(section))];
}

/**
 * A FHIR document (http://hl7.org/fhir/R4/documents.html): the Composition, and what it refers to and is offered. Texts
 * of resources go in as they are stored, so that no decimal loses a digit.
 */
export async function assembleDocument(
  base: string,
  composition: string,
  listed: readonly string[],
  read: (reference: string) => Promise<string>,
): Promise<string> {
  const { id } = JSON.parse(composition) as { id?: string };
  const references = referencesOf(composition).filter((reference) => listed.includes(reference));
  const parts: [string, string][] = [[`${base}/Composition/${id ?? ''}`, composition]];
  for (const reference of references) {
    const text = await read(reference).catch((error: unknown) => {
      // What is gone since it was offered is left out of the document; anything else leaves no half document.
      if (error instanceof Failure && error.kind === 'not-found') return undefined;
      throw error;
    });
    if (text !== undefined) parts.push([`${base}/${reference}`, text]);
  }
  const entries = parts.map(([fullUrl, text]) => `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${text}}`);
  const head = {
    resourceType: 'Bundle',
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${randomUUID()}` },
    type: 'document',
    timestamp: new Date().toISOString(),
  };
  return `${JSON.stringify(head).slice(0, -1)},"entry":[${entries.join(',')}]}`;
}
