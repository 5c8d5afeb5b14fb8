import { Failure } from '@samenhang/errors';

/** One request to try. */
export interface Trial {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

const LONGEST_BODY = 100_000;

/** What the query API publishes, as far as it decides what can be tried. */
interface OpenApi {
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly requestBody?: { readonly content?: Readonly<Record<string, unknown>> };
}

/**
 * A request that a reader may have made with a development token: an operation that the API publishes, with a body of a
 * type that it takes. @throws Failure
 */
export function readTrial(body: unknown, openApi: unknown): Trial {
  const { method, path, contentType, body: text = '' } = (body ?? {}) as Record<string, unknown>;
  if ((method !== 'GET' && method !== 'POST') || typeof path !== 'string')
    throw new Failure('malformed', 'A trial names a method and a path');
  const { paths = {} } = openApi as OpenApi;
  const operations = Object.hasOwn(paths, path) ? paths[path] : undefined;
  const operation = operations?.[method.toLowerCase()];
  if (operation === undefined || path.includes('{'))
    throw new Failure('not-found', 'The API publishes no such operation');
  if (typeof text !== 'string' || text.length > LONGEST_BODY)
    throw new Failure('malformed', 'The body must be a text that is not too long');
  if (method === 'GET') return { method, path, contentType: '', body: '' };
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (typeof contentType !== 'string' || !types.includes(contentType))
    throw new Failure('malformed', `The operation takes ${types.join(', ')}`);
  return { method, path, contentType, body: text };
}
