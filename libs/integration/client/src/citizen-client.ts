import { AuthorisedRequests } from './authorised-requests.js';
import type { TokenSource } from './tokens.js';

export interface CitizenClientOptions {
  /** Base URL of the audit service. */
  readonly auditUrl: string;
  /** Tokens of the citizen who is signed in, for the address of each care provider's log, with scope `audit:own`. */
  readonly tokens: TokenSource;
  readonly timeoutMs?: number;
}

/** Which part of the log: days from and up to and including. */
export interface LogPeriod {
  /** `YYYY-MM-DD` */
  readonly from: string;
  readonly until: string;
  readonly language?: 'nl' | 'en';
}

export interface AccessLogPage {
  /** URA of the care provider whose log it is. */
  readonly custodian: string;
  /** Whether every line is still what was recorded. */
  readonly intact: boolean;
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  readonly cursor?: string;
}

/** For citizens: what concerns themselves. The token says who that is; no request names a person. */
export class CitizenClient {
  readonly #auditUrl: string;

  constructor(private readonly options: CitizenClientOptions) {
    this.#auditUrl = options.auditUrl.replace(/\/+$/, '');
  }

  /** Who looked at the citizen's data at a care provider, newest first, page after page. */
  async *accessLog(custodian: string, period: LogPeriod): AsyncGenerator<AccessLogPage> {
    const audience = `${this.#auditUrl}/tenants/${encodeURIComponent(custodian)}`;
    const requests = new AuthorisedRequests(this.options.tokens, audience, this.options.timeoutMs ?? 30_000);
    let cursor: string | undefined;
    do {
      const body = JSON.stringify({ ...period, ...(cursor === undefined ? {} : { cursor }) });
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const response = await requests.send(`${audience}/access-log`, { method: 'POST', headers, body });
      const page = (await response.json()) as AccessLogPage;
      yield page;
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}
