/** `Patient/1`, `http://host/fhir/Patient/1`, either with `/_history/2` behind it (R4 references.html#literal). */
const REFERENCE =
  /^(?:https?:\/\/[^\s?#]+\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** The id that a Reference points at; undefined when it points at another type than `target`, or at no resource. */
export function keyOfReference(reference: unknown, target: string | undefined): string | undefined {
  if (typeof reference !== 'object' || reference === null) return undefined;
  const text = (reference as Readonly<Record<string, unknown>>)['reference'];
  const match = typeof text === 'string' ? REFERENCE.exec(text) : null;
  if (match === null) return undefined;
  const [, type, key] = match;
  return target === undefined || type === target ? key : undefined;
}
