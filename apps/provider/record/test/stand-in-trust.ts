import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authorisedFetch, ProofKey, type AuthorisedRequest } from '@samenhang/identity';
import { writeClosedAnswer } from '@samenhang/mitz';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

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
  /** Bodies of the questions that were asked. */
  readonly questions: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly signingKey: CryptoKey,
    private readonly publicKey: JWK,
    private readonly proofKey: ProofKey,
  ) {}

  static async start(): Promise<StandInTrust> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'test', alg: 'ES256', use: 'sig' };
    const server = createServer();
    const trust = new StandInTrust(server, privateKey, jwk, await ProofKey.generate());
    server.on('request', (request, response) => void trust.#serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return trust;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sends a request with a token of these claims for the audience given. */
  async fetch(
    url: string,
    audience: string,
    claims: Claims,
    request: AuthorisedRequest = {},
  ): Promise<Response> {
    const jkt = await calculateJwkThumbprint(await exportJWK(this.proofKey.pair.publicKey));
    const accessToken = await this.#sign({ ...claims, aud: audience, cnf: { jkt } });
    const token = { accessToken, expiresAt: new Date(Date.now() + 60_000), proofKey: this.proofKey };
    return authorisedFetch(token, url, request);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #sign(claims: Claims): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test' })
      .setIssuer(this.url)
      .setSubject('test')
      .setJti(crypto.randomUUID())
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(this.signingKey);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    if (request.url === '/token') {
      const access_token = await this.#sign({ client_id: 'record', scope: 'consent:ask', aud: this.url });
      send(
        response,
        'application/json',
        JSON.stringify({ access_token, token_type: 'DPoP', expires_in: 300 }),
      );
    } else if (request.url?.includes('geslotenautorisatievraag') === true) {
      this.questions.push(body);
      if (this.consent === 'down') response.writeHead(500).end();
      else send(response, 'application/soap+xml', writeClosedAnswer(this.consent));
    } else send(response, 'application/json', JSON.stringify({ keys: [this.publicKey] }));
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', type).end(body);
}
