import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import type { BoundToken } from './proof-key.js';

export interface AuthorisedQuestion {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface AuthorisedAnswer {
  readonly status: number;
  /** As it is meant, whether or not it was compressed under way. Either this is read or the answer is discarded. */
  readonly body: Readable;
  discard(): Promise<void>;
}

/** What of a body that nobody reads is taken in, so that the connection can be used again. */
const DISCARDED_BYTES = 64 * 1024;

/**
 * `authorisedFetch` for who asks many servers at once: without the streams, headers and promises of the Fetch standard a
 * request takes less than half of the time.
 * @throws Error for a redirect, which is not followed
 */
export async function authorisedRequest(
  { accessToken, proofKey }: BoundToken,
  url: string,
  { headers, ...question }: AuthorisedQuestion,
): Promise<AuthorisedAnswer> {
  const proof = await proofKey.prove(question.method, url, accessToken);
  const answer = await request(url, {
    ...question,
    headers: {
      ...headers,
      'accept-encoding': 'gzip',
      authorization: `DPoP ${accessToken}`,
      dpop: proof,
    },
  });
  const { statusCode: status, body } = answer;
  // Whoever reads is told; when it breaks before anybody reads there is nobody to tell yet.
  body.on('error', () => {});
  const discard = (): Promise<void> => body.dump({ limit: DISCARDED_BYTES });
  if (status >= 300 && status < 400) {
    await discard();
    throw new Error('The server sends its caller elsewhere');
  }
  const isZipped = answer.headers['content-encoding'] === 'gzip';
  return { status, body: isZipped ? unzipped(body) : body, discard };
}

/** What goes wrong on either side of it is told to who reads, and who stops reading ends the answer. */
function unzipped(body: Readable): Readable {
  return pipeline(body, createGunzip(), () => {});
}
