import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { fhirJson } from '@samenhang/fhir-http';
import { guardedAgent, ServerPolicy } from '@samenhang/service-kit';
import { request, type Agent } from 'undici';
import type { Channel } from './read-subscription.js';
import type { Problem } from './subscription-words.js';

const TIMEOUT_MS = 10_000;

/** Calls the endpoints that subscribers named, no further than the deployment allows, and follows no redirect. */
@Injectable()
export class RestHook implements OnApplicationShutdown {
  readonly #agent: Agent;
  readonly #stopping = new AbortController();

  constructor(@Inject(ServerPolicy) private readonly policy: ServerPolicy) {
    this.#agent = guardedAgent(policy, TIMEOUT_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await this.#agent.destroy();
  }

  /** @returns why the endpoint does not have it, or undefined when it has */
  async send(channel: Extract<Channel, { type: 'rest-hook' }>, body: string): Promise<Problem | undefined> {
    // What the deployment allows may have changed since the subscription was made.
    if (this.policy.findRefusal(channel.endpoint) !== undefined) return 'not-reached';
    try {
      const { statusCode, body: answer } = await request(channel.endpoint, {
        method: 'POST',
        headers: { ...Object.fromEntries(channel.headers.map(splitHeader)), 'content-type': fhirJson },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.dump({ limit: 64 * 1024 });
      return statusCode >= 200 && statusCode < 300 ? undefined : 'not-taken';
    } catch {
      return 'not-reached';
    }
  }
}

function splitHeader(line: string): [string, string] {
  const [name = '', ...value] = line.split(':');
  return [name, value.join(':').trim()];
}
