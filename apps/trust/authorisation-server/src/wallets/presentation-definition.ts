import { PresentationError } from './presentation-error.js';
import type { VerifiedCredential, VerifiedPresentation } from './presentation-verifier.js';

interface Field {
  readonly id?: string;
  readonly path: readonly string[];
  readonly filter: { readonly type: 'string'; readonly const?: string; readonly pattern?: string };
}

export interface InputDescriptor {
  readonly id: string;
  readonly constraints: { readonly fields: readonly Field[] };
}

/** What a wallet has to show (DIF Presentation Exchange 2), as much of it as is asked for here. */
export interface PresentationDefinition {
  readonly id: string;
  readonly format: Readonly<Record<'jwt_vc' | 'jwt_vp', { readonly alg: readonly string[] }>>;
  readonly input_descriptors: readonly InputDescriptor[];
}

const alg = ['ES256', 'PS256', 'RS256', 'EdDSA'];

/** Of a care provider: the UZI server certificate behind its wallet. */
export const careProviderDefinition: PresentationDefinition = {
  id: 'care-provider',
  format: { jwt_vc: { alg }, jwt_vp: { alg } },
  input_descriptors: [
    {
      id: 'uzi-server',
      constraints: {
        fields: [
          { path: ['$.type'], filter: { type: 'string', const: 'X509Credential' } },
          {
            id: 'organization_ura',
            path: ['$.issuer'],
            filter: { type: 'string', pattern: '^did:x509:0:sha256:[\\w-]{43}::.*san:otherName:' },
          },
        ],
      },
    },
  ],
};

/**
 * The credentials by which a presentation fulfils a definition, by descriptor.
 *
 * @param submission which credential is for which descriptor, as the wallet says; found out when undefined
 * @throws PresentationError
 */
export function matchPresentation(
  { id, input_descriptors: descriptors }: PresentationDefinition,
  presentation: VerifiedPresentation,
  submission: string | undefined,
): ReadonlyMap<string, VerifiedCredential> {
  const chosen = submission === undefined ? undefined : readSubmission(submission, id, descriptors);
  return new Map(
    descriptors.map((descriptor) => {
      const candidates =
        chosen === undefined
          ? presentation.credentials
          : valuesAt(presentation.content, chosen.get(descriptor.id) ?? '').filter((value) =>
              presentation.credentials.includes(value as VerifiedCredential),
            );
      const found = (candidates as readonly VerifiedCredential[]).find((each) => fulfils(each, descriptor));
      if (found === undefined) throw new PresentationError(`nothing in it fulfils ${descriptor.id}`);
      return [descriptor.id, found];
    }),
  );
}

function readSubmission(
  text: string,
  definition: string,
  descriptors: readonly InputDescriptor[],
): ReadonlyMap<string, string> {
  let submission: { definition_id?: unknown; descriptor_map?: unknown } | null;
  try {
    submission = JSON.parse(text) as typeof submission;
  } catch (cause) {
    throw new PresentationError('presentation_submission is no JSON', { cause });
  }
  const { definition_id: about, descriptor_map: map } = submission ?? {};
  if (about !== definition || !Array.isArray(map))
    throw new PresentationError('presentation_submission is for another definition');
  return new Map(
    map.map((entry: unknown): [string, string] => {
      const { id, path } = (entry ?? {}) as { readonly id?: unknown; readonly path?: unknown };
      const isKnown = descriptors.some((descriptor) => descriptor.id === id);
      if (!isKnown || typeof id !== 'string' || typeof path !== 'string')
        throw new PresentationError('presentation_submission has a descriptor that is not asked for');
      return [id, path];
    }),
  );
}

function fulfils({ content }: VerifiedCredential, { constraints }: InputDescriptor): boolean {
  return constraints.fields.every(({ path, filter }) =>
    path
      .flatMap((each) => valuesAt(content, each))
      .flat()
      .some(
        (value) =>
          typeof value === 'string' &&
          (filter.const === undefined || value === filter.const) &&
          (filter.pattern === undefined || new RegExp(filter.pattern).test(value)),
      ),
  );
}

const STEP = /\.([A-Za-z_]\w*)|\['([^']{1,100})'\]|\[(\d{1,3}|\*)\]/gy;

/** The values at a path of JSONPath, of which names, indexes and `[*]` are understood; nothing at any other. */
export function valuesAt(root: unknown, path: string): unknown[] {
  if (!path.startsWith('$')) return [];
  const steps = [...path.slice(1).matchAll(STEP)];
  if (steps.reduce((length, [step]) => length + step.length, 1) !== path.length) return [];
  let values: unknown[] = [root];
  for (const [, name, quoted, index] of steps)
    values = values.flatMap((value) => stepInto(value, name ?? quoted, index));
  return values;
}

function stepInto(value: unknown, name: string | undefined, index: string | undefined): unknown[] {
  if (index !== undefined) {
    if (!Array.isArray(value)) return [];
    return index === '*' ? value : value.slice(Number(index), Number(index) + 1);
  }
  if (typeof value !== 'object' || value === null || name === undefined || !Object.hasOwn(value, name))
    return [];
  return [(value as Readonly<Record<string, unknown>>)[name]];
}
