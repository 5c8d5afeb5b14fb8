import diagnostics from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

/** A request as it went over the wire. */
export interface WireRequest {
  readonly side: 'client' | 'server';
  readonly method: string;
  /** Absolute where the request was made, path and query where it arrived. */
  readonly url: string;
  readonly port: number | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What arrived; grows while the request is read. */
  readonly body: () => string;
}

interface MadeRequest {
  readonly origin: string;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[] | string;
}

/** Everything that is asked over HTTP within the installation and of it, as it goes by. */
export class Traffic {
  readonly #requests: WireRequest[] = [];

  listen(): void {
    diagnostics.subscribe('undici:request:create', (message) => {
      const { request } = message as { request: MadeRequest };
      const pairs = Array.isArray(request.headers) ? (request.headers as string[]) : [];
      this.#requests.push({
        side: 'client',
        method: request.method,
        url: `${request.origin}${request.path}`,
        port: Number(new URL(request.origin).port),
        headers: toHeaders(pairs),
        body: () => '',
      });
    });
    diagnostics.subscribe('http.server.request.start', (message) => {
      const { request } = message as { request: IncomingMessage };
      this.#requests.push({
        side: 'server',
        method: request.method ?? '',
        url: request.url ?? '',
        port: request.socket.localPort,
        headers: toHeaders(request.rawHeaders),
        body: tapBody(request),
      });
    });
  }

  get length(): number {
    return this.#requests.length;
  }

  /** What went by since there were this many. */
  since(length: number): readonly WireRequest[] {
    return this.#requests.slice(length);
  }
}

function toHeaders(pairs: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let index = 0; index + 1 < pairs.length; index += 2)
    headers[String(pairs[index]).toLowerCase()] = String(pairs[index + 1]);
  return headers;
}

/** Looks over the reader's shoulder: a listener would take the body away from whom it is for. */
function tapBody(request: IncomingMessage): () => string {
  const chunks: Buffer[] = [];
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
    return push(chunk, encoding);
  };
  return () => Buffer.concat(chunks).toString('utf8');
}
