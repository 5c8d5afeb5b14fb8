import type { FastifyReply, FastifyRequest } from 'fastify';
import { foreignFilePolicy } from './security-headers.js';
import type { SignInElsewhere } from './sign-in-elsewhere.js';

/** One request of the browser, to a handler. */
export interface PortalCall<Data> {
  readonly session: Data;
  /** As it was parsed from JSON: to be checked by the handler. */
  readonly body: unknown;
  readonly query: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  /** Aborted when the browser goes away. */
  readonly signal: AbortSignal;
  readonly reply: FastifyReply;
}

/**
 * What it returns is sent: an object as JSON, an AsyncIterable as NDJSON as it comes, nothing as 204.
 * What it throws is answered as problem details (RFC 9457).
 */
export type PortalHandler<Data> = (call: PortalCall<Data>) => unknown;

export interface PortalRoutes<Data> {
  /** Open to anyone. Paths are relative to `/api`. */
  open(method: 'GET' | 'POST', path: string, handler: PortalHandler<Data | undefined>): void;
  /** For who signed in. Anything but a GET must bring the token of the session in `x-csrf-token`. */
  guarded(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, handler: PortalHandler<Data>): void;
  /** Signs in: begins a session in place of one that may be there. */
  startSession(call: Pick<PortalCall<unknown>, 'reply'>, data: Data): void;
  /** `GET /sign-in` leads to where people sign in; from there they come back to `GET /return`. */
  signInElsewhere<Errand>(signIn: SignInElsewhere<Data, Errand>): void;
}

/** A file that somebody else wrote. It is shown as what it is said to be and nothing else, and cannot run or load anything. */
export interface ForeignFile {
  readonly contentType: string;
  readonly content: Buffer;
  /** For who keeps it; without one it is shown where the page puts it. */
  readonly downloadName?: string;
}

export function sendForeignFile(
  reply: FastifyReply,
  { contentType, content, downloadName }: ForeignFile,
): FastifyReply {
  const disposition = downloadName === undefined ? 'inline' : `attachment; filename="${downloadName}"`;
  return reply
    .type(contentType)
    .headers({ 'content-security-policy': foreignFilePolicy, 'content-disposition': disposition })
    .send(content);
}

/** Answers one request with what a handler gives. */
export async function answer<Data>(
  handler: PortalHandler<Data>,
  session: Data,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  const result = await handler({
    session,
    body: request.body,
    query: textsOf(request.query),
    parameters: textsOf(request.params),
    signal: controller.signal,
    reply,
  });
  if (reply.sent) return reply;
  if (result === undefined) return reply.code(204).send();
  if (!isAsyncIterable(result)) return reply.send(result);
  return reply.type('application/x-ndjson; charset=utf-8').send(ReadableStream.from(linesOf(result)));
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries((value ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

async function* linesOf(items: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const item of items) yield Buffer.from(`${JSON.stringify(item)}\n`);
}
