import compiledPolicies from './compiled-policies.json' with { type: 'json' };

/** The policies in compiled form: the module, and the matrix it reads. */
export interface CompiledPolicies {
  readonly wasm: Uint8Array;
  readonly data: object;
}

/** Policies that cannot be used. Says what is wrong with them. */
export class PolicyError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`the policies are not usable: ${reason}`, options);
    this.name = 'PolicyError';
  }
}

export function policiesOfThisRelease(): CompiledPolicies {
  return {
    wasm: Buffer.from(compiledPolicies.wasm, 'base64'),
    data: JSON.parse(compiledPolicies.data) as object,
  };
}

/**
 * Policies as `tools/policies/build.mjs` writes them.
 * @throws PolicyError
 */
export function readCompiledPolicies(text: string): CompiledPolicies {
  const { wasm, data } = parseObject(text, 'the file');
  if (typeof wasm !== 'string' || typeof data !== 'string')
    throw new PolicyError('the module or its data is absent');
  return { wasm: Buffer.from(wasm, 'base64'), data: parseObject(data, 'the data') };
}

function parseObject(text: string, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new PolicyError(`${what} cannot be read`, { cause });
  }
  throw new PolicyError(`${what} is no JSON object`);
}
