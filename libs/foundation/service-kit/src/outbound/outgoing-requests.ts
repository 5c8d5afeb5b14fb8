import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { OutsideServices } from './outside-services.js';

interface Outgoing {
  readonly origin?: unknown;
  readonly path?: unknown;
}

/**
 * Tells of each request that this process sends with `fetch` or undici, whoever sends it: both publish on these channels
 * of Node (undici documentation, "Diagnostics Channel Support").
 * @returns what ends it
 */
export function watchOutgoingRequests(outside: OutsideServices): () => void {
  const onHeaders = (message: unknown): void => {
    const { request, response } = message as { request: Outgoing; response: { statusCode: number } };
    const { origin, path } = placeOf(request);
    // A refusal is an answer: the service works.
    if (response.statusCode < 500) outside.answered(origin, path);
    else outside.failed(origin, path, `status ${String(response.statusCode)}`);
  };
  const onError = (message: unknown): void => {
    const { request, error } = message as { request: Outgoing; error: unknown };
    const reason = reasonOf(error);
    const { origin, path } = placeOf(request);
    if (reason !== undefined) outside.failed(origin, path, reason);
  };
  subscribe('undici:request:headers', onHeaders);
  subscribe('undici:request:error', onError);
  return () => {
    unsubscribe('undici:request:headers', onHeaders);
    unsubscribe('undici:request:error', onError);
  };
}

function placeOf({ origin, path }: Outgoing): { readonly origin: string; readonly path: string } {
  return {
    origin: origin instanceof URL ? origin.origin : typeof origin === 'string' ? origin : '',
    path: typeof path === 'string' ? path : '',
  };
}

/** A kind, never a text; undefined for who asked and does not want the answer any more. */
function reasonOf(error: unknown): string | undefined {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (name === 'TimeoutError') return 'timeout';
  if (name === 'AbortError') return undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'connection failed';
}
