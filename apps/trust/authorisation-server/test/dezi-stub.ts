import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';

/** An issuer of Dezi statements under the test's control: keys, status, and statements with anything changed. */
export class DeziStub {
  status = 'actief';
  isDown = false;

  private constructor(
    private readonly server: Server,
    private readonly privateKey: CryptoKey,
    readonly origin: string,
  ) {}

  static async start(): Promise<DeziStub> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'dezi-1', alg: 'RS256' };
    const created: { stub?: DeziStub } = {};
    const server = createServer((request, response) => {
      const body = request.url === '/dezi/jwks.json' ? { keys: [jwk] } : { status: created.stub?.status };
      response.statusCode = created.stub?.isDown === true ? 503 : 200;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stub = new DeziStub(
      server,
      privateKey,
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    );
    created.stub = stub;
    return stub;
  }

  get keyAddress(): string {
    return `${this.origin}/dezi/jwks.json`;
  }

  async statement(
    claims: Record<string, unknown> = {},
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      jti: crypto.randomUUID(),
      iss: this.origin,
      nbf: now,
      exp: now + 3600,
      loa_dezi: 'http://eidas.europa.eu/LoA/high',
      dezi_nummer: '000095254',
      abonnee_nummer: '11111111',
      rol_code: '01.015',
      rol_code_bron: 'http://www.dezi.nl/rol_bron/big',
      status_uri: `${this.origin}/status/v1/verklaring/1`,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'dezi-1', jku: this.keyAddress, ...header })
      .sign(this.privateKey);
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
