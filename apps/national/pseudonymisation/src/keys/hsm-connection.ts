import { Agent, request } from 'node:https';
import { Failure } from '@samenhang/errors';

export interface HsmConnectionSettings {
  /** Base URL; https only. */
  readonly url: string;
  readonly module: string;
  readonly slot: string;
  /** PEM: the client's certificate and key, and who signed the module's. */
  readonly certificate: string;
  readonly key: string;
  readonly authority: string;
  readonly timeoutMs?: number;
}

export interface HsmAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const TIMEOUT_MS = 10_000;
const MAXIMUM_ANSWER_BYTES = 65_536;
const NAME = /^[\w.-]{1,64}$/;
/** Requests at one time; connections are kept. */
export const hsmConcurrency = 16;

/**
 * A hardware module behind HTTP with mutual TLS: `POST {url}/hsm/{module}/{slot}/…`, JSON both ways. No second attempt: an
 * operation that got no answer may have been carried out.
 */
export class HsmConnection {
  readonly #agent: Agent;
  readonly #path: string;
  readonly #base: URL;

  constructor(private readonly settings: HsmConnectionSettings) {
    const { url, module, slot, certificate: cert, key, authority: ca } = settings;
    this.#base = new URL(url);
    if (this.#base.protocol !== 'https:')
      throw new RangeError('The hardware module is reached by https only');
    if (!NAME.test(module) || !NAME.test(slot)) throw new RangeError('Module and slot are plain names');
    this.#path = `${this.#base.pathname.replace(/\/+$/, '')}/hsm/${module}/${slot}`;
    this.#agent = new Agent({
      keepAlive: true,
      maxSockets: hsmConcurrency,
      cert,
      key,
      ca,
      minVersion: 'TLSv1.2',
    });
  }

  /** @throws Failure('unavailable') when there is no answer in time, 'upstream' when it cannot be read */
  async post(operation: string, body: object): Promise<HsmAnswer> {
    const { status, text } = await this.#exchange(operation, JSON.stringify(body)).catch((cause: unknown) => {
      throw new Failure('unavailable', 'The hardware module does not answer', { cause });
    });
    if (status >= 500) throw new Failure('unavailable', `The hardware module answers with status ${status}`);
    return { status, body: parse(text) };
  }

  close(): void {
    this.#agent.destroy();
  }

  #exchange(operation: string, content: string): Promise<{ status: number; text: string }> {
    const { hostname, port } = this.#base;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          hostname,
          port,
          path: `${this.#path}${operation}`,
          method: 'POST',
          headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(content) },
          signal: AbortSignal.timeout(this.settings.timeoutMs ?? TIMEOUT_MS),
        },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8');
          incoming.on('data', (part: string) => {
            text += part;
            if (text.length > MAXIMUM_ANSWER_BYTES) incoming.destroy(new Error('The answer is too long'));
          });
          incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }));
          incoming.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(content);
    });
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = text === '' ? {} : JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through: the parser's message could quote the answer.
  }
  throw new Failure('upstream', 'The answer of the hardware module cannot be read');
}
