/** Careful reading of FHIR JSON: what is not of the expected shape counts as absent. */
export type Json = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}

export function recordsOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

export function findText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((part): part is string => typeof part === 'string') : [];
}

/** Extensions with this URL. */
export function extensionsOf(value: unknown, url: string): Json[] {
  return recordsOf(recordOf(value)['extension']).filter((extension) => extension['url'] === url);
}

/** Values of the parts with this name in a complex extension. */
export function partsOf(extension: Json, name: string): unknown[] {
  return extensionsOf(extension, name).map((part) => {
    const key = Object.keys(part).find((candidate) => candidate.startsWith('value'));
    return key === undefined ? undefined : part[key];
  });
}

/** The value of a choice element such as `value[x]`: its type and content. */
export function choiceOf(resource: Json, stem: string): { type: string; value: unknown } | undefined {
  const key = Object.keys(resource).find(
    (name) => name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length)),
  );
  return key === undefined ? undefined : { type: key.slice(stem.length), value: resource[key] };
}
