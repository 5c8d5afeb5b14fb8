import { randomBytes, createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The login service under the test's control: whoever comes back is `identifier`. */
export class LoginStub {
  identifier = 'http://fhir.nl/fhir/NamingSystem/bsn|999901370';
  /** What it says the login was for; by default what it was asked for. */
  requestId: string | undefined;
  asked = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<LoginStub> {
    const created: { stub?: LoginStub } = {};
    const server = createServer((_, response) => {
      const { identifier, requestId, asked } = created.stub ?? {};
      const answer = { identifier, request_id: requestId ?? asked };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stub = new LoginStub(server);
    created.stub = stub;
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export const redirectUri = 'https://pgo.example/cb';

/** A citizen's browser on its way from the application to the login, the consent page and back. */
export class CitizenBrowser {
  readonly verifier = randomBytes(32).toString('base64url');
  readonly visited: string[] = [];
  cookie = '';

  constructor(
    private readonly issuer: string,
    private readonly login: LoginStub,
  ) {}

  async begin(change: Record<string, string> = {}): Promise<Response> {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: 'pgo',
      redirect_uri: redirectUri,
      scope: '22222222~48',
      state: 'state-of-the-application',
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...change,
    });
    const response = await this.#go(`${this.issuer}/citizen/authorize?${query.toString()}`);
    this.cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    return response;
  }

  /** Logs in and comes back to the consent page. */
  async comeBack(begun: Response): Promise<Response> {
    const location = new URL(begun.headers.get('location') ?? '');
    this.login.asked = location.searchParams.get('request_id') ?? '';
    const back = new URLSearchParams({ request_id: this.login.asked, artifact: 'one-time-reference' });
    return this.#go(`${location.searchParams.get('return_to') ?? ''}?${back.toString()}`);
  }

  async decide(page: string, decision: string): Promise<Response> {
    const [, consent = ''] = /name="consent" value="([^"]+)"/.exec(page) ?? [];
    return this.#go(`${this.issuer}/citizen/consent`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ consent, decision }).toString(),
    });
  }

  /** The whole way; gives the code. */
  async code(change: Record<string, string> = {}): Promise<string> {
    const page = await (await this.comeBack(await this.begin(change))).text();
    const answer = await this.decide(page, 'yes');
    return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
  }

  async #go(url: string, request: RequestInit = {}): Promise<Response> {
    this.visited.push(url);
    const headers = { ...(request.headers as Record<string, string> | undefined), cookie: this.cookie };
    const response = await fetch(url, { ...request, headers, redirect: 'manual' });
    this.visited.push(response.headers.get('location') ?? '');
    return response;
  }
}
