import {
  ForbiddenAddress,
  guardedAgent,
  type ClientCertificate,
  type ServerPolicy,
} from '@samenhang/service-kit';
import { Dispatcher1Wrapper, request, type Agent, type Dispatcher } from 'undici';

const ANSWER_TIMEOUT_MS = 30_000;
const LARGEST_ANSWER_BYTES = 64 * 1024 * 1024;

/** What went wrong with a call to a source's server; texts hold no patient data and no credentials. */
export class SourceServerError extends Error {
  constructor(
    message: string,
    readonly status: number | undefined = undefined,
    readonly retryAfterSeconds: number | undefined = undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'SourceServerError';
  }
}

export interface SourceRequest {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export type SourceAnswer = Dispatcher.ResponseData;

/**
 * Calls servers of sources, as far as the deployment's policy goes. Names are looked up once, for the connection itself:
 * an address that is not allowed is never connected to, whatever a name meant a moment ago. Redirects are not followed.
 */
export class SourceHttp {
  readonly #agent: Agent;
  /** The same way out for libraries that use the `fetch` of Node, which is of an older undici. */
  readonly fetchDispatcher: Dispatcher;

  constructor(
    private readonly policy: ServerPolicy,
    /** Shown to servers that ask who calls (mutual TLS). */
    certificate?: ClientCertificate,
  ) {
    this.#agent = guardedAgent(policy, ANSWER_TIMEOUT_MS, certificate);
    this.fetchDispatcher = new Dispatcher1Wrapper(this.#agent);
  }

  /** By this name Nest closes it with the service. */
  async onModuleDestroy(): Promise<void> {
    await this.#agent.destroy();
  }

  /** @throws SourceServerError when the policy forbids it, the server is not reached, or it redirects */
  async call(url: string, options: SourceRequest): Promise<SourceAnswer> {
    this.permit(url);
    const answer = await request(url, { ...options, dispatcher: this.#agent }).catch((cause: unknown) => {
      throw new SourceServerError(`The server cannot be reached${reasonOf(cause)}`, undefined, undefined, {
        cause,
      });
    });
    if (answer.statusCode < 300 || answer.statusCode > 399) return answer;
    await answer.body.dump();
    throw new SourceServerError('The server redirects, which is not followed', answer.statusCode);
  }

  /** @throws SourceServerError when the policy forbids the address */
  permit(url: string): void {
    const refusal = this.policy.findRefusal(url);
    if (refusal !== undefined) throw new SourceServerError(`The address ${refusal}`);
  }

  /** The text of an answer that must be a success. @throws SourceServerError with the status and when to come back */
  async read(url: string, options: SourceRequest): Promise<string> {
    const answer = await this.call(url, options);
    if (answer.statusCode >= 400) throw await failedAnswer(answer);
    return readText(answer);
  }
}

/** The error for an answer that is none; its body is not read into anything. */
export async function failedAnswer(answer: SourceAnswer): Promise<SourceServerError> {
  await answer.body.dump();
  return new SourceServerError(
    `The server answers with status ${String(answer.statusCode)}`,
    answer.statusCode,
    retryAfterSeconds(answer),
  );
}

/** @throws SourceServerError when it is longer than memory should hold, or than is left of what it may cost */
export async function readText(
  answer: SourceAnswer,
  spend: (bytes: number) => void = () => undefined,
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    spend(chunk.length);
    if (bytes > LARGEST_ANSWER_BYTES) throw new SourceServerError('The answer of the server is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `Retry-After` as seconds or as a date (RFC 9110 section 10.2.3). */
export function retryAfterSeconds(answer: SourceAnswer): number | undefined {
  const text = answer.headers['retry-after'];
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

function reasonOf(cause: unknown): string {
  if (cause instanceof ForbiddenAddress) return `: ${cause.message}`;
  const { code } = cause as { code?: unknown };
  return typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? ` (${code})` : '';
}

/** Whether two addresses are of one server: scheme, host and port. */
export function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
