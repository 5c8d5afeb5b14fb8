export interface BuiltRelease {
  readonly folder: string;
  readonly manifest: {
    readonly contract: number;
    readonly version: string;
    readonly module: string;
    readonly digest: string;
    readonly tables: { readonly digest: string; readonly files: readonly string[] };
  };
}

/** Writes `OUT/VERSION/mapping.mjs` with its manifest; `change` alters sources on their way in. */
export function buildRelease(options: {
  readonly out: string;
  readonly change?: (code: string, file: string) => string;
}): Promise<BuiltRelease>;
