import { Failure } from '@samenhang/errors';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Largest request body in bytes; beyond it the answer is 413. */
export const maximumBodyBytes = 10 * 1024 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** The body exactly as received, for JSON bodies (FHIR decimals lose their precision in a parsed body). */
    rawText?: string;
  }
}

/** What each content type becomes: JSON an object (with `rawText`), forms an object, NDJSON and XML their text. */
export function installBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const asText = { parseAs: 'string', bodyLimit: maximumBodyBytes } as const;
  fastify.addContentTypeParser<string>(
    ['application/json', 'application/fhir+json'],
    asText,
    (request, body, done) => {
      request.rawText = body;
      parseJson(request, body, done);
    },
  );
  fastify.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    asText,
    (_request, body, done) => {
      done(null, parseForm(body));
    },
  );
  const plain = [
    'application/fhir+ndjson',
    'application/x-ndjson',
    'text/xml',
    'application/xml',
    'application/soap+xml',
    'text/plain',
  ];
  fastify.addContentTypeParser<string>(plain, asText, (_request, body, done) => done(null, body));
}

function parseJson(
  request: FastifyRequest,
  body: string,
  done: (error: Error | null, value?: unknown) => void,
): void {
  if (body === '' && request.method === 'DELETE') return done(null, undefined);
  try {
    done(null, JSON.parse(body) as unknown);
  } catch {
    done(new Failure('malformed', 'The body is not valid JSON'));
  }
}

/** Repeated keys become arrays, as search parameters may repeat (FHIR R4 search.html#combining). */
export function parseForm(text: string): Record<string, string | string[]> {
  const form: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
  for (const [name, value] of new URLSearchParams(text)) {
    const present = form[name];
    form[name] = present === undefined ? value : [...(Array.isArray(present) ? present : [present]), value];
  }
  return form;
}
