import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { writeClosedAnswer } from '@samenhang/mitz';
import { TokenIssuer } from '@samenhang/testing';

export type Claims = Readonly<Record<string, unknown>>;
export type ConsentDecision = 'Permit' | 'Deny' | 'NotApplicable' | 'Indeterminate' | 'down';

export const generalPractitioner: Claims = {
  client_id: 'query-api',
  scope: 'holder:read',
  organization_ura: '11111111',
  organization_facility_type: 'Z3',
  user_id: '000095254',
  user_role: '01.015',
  purpose_of_use: 'TREAT',
  treatment_relation: 'asserted',
};

/** Stands in for the authorisation server (keys and tokens) and for the consent register (closed question). */
export class StandInTrust {
  /** What the register answers. */
  consent: ConsentDecision = 'Permit';
  /** What it answers about a category of its own (`GGC012`), where that differs. */
  readonly consentOf = new Map<string, ConsentDecision>();
  /** Bodies of the questions that were asked. */
  readonly questions: string[] = [];

  private constructor(
    readonly issuer: TokenIssuer,
    private readonly register: Server,
  ) {
    register.on('request', (request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<StandInTrust> {
    const register = createServer();
    await new Promise<void>((resolve) => register.listen(0, '127.0.0.1', resolve));
    return new StandInTrust(await TokenIssuer.start(), register);
  }

  get registerUrl(): string {
    return `http://127.0.0.1:${(this.register.address() as AddressInfo).port}`;
  }

  /** Sends a request with a token of these claims for the audience given. */
  fetch(url: string, audience: string, claims: Claims, request: RequestInit = {}): Promise<Response> {
    return this.issuer.fetch(url, claims, request, audience);
  }

  async close(): Promise<void> {
    this.register.closeAllConnections();
    await new Promise((resolve) => this.register.close(resolve));
    await this.issuer.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.questions.push(body);
    const [, decision = this.consent] =
      [...this.consentOf].find(([category]) => body.includes(category)) ?? [];
    if (decision === 'down') response.writeHead(500).end();
    else response.setHeader('content-type', 'application/soap+xml').end(writeClosedAnswer(decision));
  }
}
