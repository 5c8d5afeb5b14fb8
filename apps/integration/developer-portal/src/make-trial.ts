import { proofHeaders, type TokenSource } from '@samenhang/client';
import { Failure } from '@samenhang/errors';
import type { Trial } from './trial.js';

/** What came back, as it came; no token is in it. */
export interface TrialAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly milliseconds: number;
  readonly body: string;
}

const TIMEOUT_MS = 60_000;
const LONGEST_ANSWER = 500_000;

/** Makes one request with a development token. @throws Failure when no answer comes */
export async function makeTrial(base: string, trial: Trial, tokens: TokenSource): Promise<TrialAnswer> {
  const { method, path, contentType, body } = trial;
  const url = `${base}${path}`;
  const token = await tokens.getToken(base);
  const startedAt = performance.now();
  const response = await fetch(url, {
    method,
    redirect: 'error',
    headers: {
      ...(await proofHeaders(token, method, url)),
      ...(method === 'POST' ? { 'content-type': contentType } : {}),
    },
    ...(method === 'POST' ? { body } : {}),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Failure('unavailable', 'The query API cannot be reached', { cause });
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: (await response.text()).slice(0, LONGEST_ANSWER),
    milliseconds: Math.round(performance.now() - startedAt),
  };
}
