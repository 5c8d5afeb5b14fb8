/** A parameter of a FHIR R4 operation, as far as the operations of terminology give one. */
export interface Parameter {
  readonly name: string;
  readonly value: unknown;
  readonly parts: readonly Parameter[];
}

/** The parameters of an answer; undefined when it is none. */
export function readParameters(body: unknown): readonly Parameter[] | undefined {
  if (!isRecord(body) || body['resourceType'] !== 'Parameters') return undefined;
  return parametersOf(body['parameter']);
}

export function findValue(parameters: readonly Parameter[], name: string): unknown {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

function parametersOf(list: unknown): Parameter[] {
  return (Array.isArray(list) ? (list as unknown[]) : []).flatMap((one) => {
    if (!isRecord(one) || typeof one['name'] !== 'string') return [];
    const value = Object.entries(one).find(([key]) => key.startsWith('value'))?.[1];
    return [{ name: one['name'], value, parts: parametersOf(one['part']) }];
  });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
