/** Of the ECMAScript proposal "JSON.parse source text access", in Node since 22; not yet in TypeScript's library. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
}

const sourceText = JSON as unknown as SourceTextJson;

/**
 * Parses JSON so that `JSON.stringify` gives each number back as it was written: `1.50` stays `1.50`, because the
 * precision of a FHIR decimal is part of its meaning (FHIR R4 datatypes.html#decimal). Not for calculating with.
 */
export function parseKeepingNumbers(text: string): unknown {
  return sourceText.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? sourceText.rawJSON(source)
      : value,
  );
}
