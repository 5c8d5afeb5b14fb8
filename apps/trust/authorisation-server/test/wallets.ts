import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestAuthority, TestCertificate } from '@samenhang/testing';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export interface CredentialParts {
  readonly claims?: JWTPayload;
  readonly type?: string;
  readonly subject?: Record<string, unknown>;
  readonly credential?: Record<string, unknown>;
}

/** Documents of `did:web`, as the wallets of a test publish them. */
export class WalletHost {
  readonly documents = new Map<string, object>();
  requests = 0;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WalletHost> {
    const server = createServer((request, response) => {
      host.requests += 1;
      const document = host.documents.get(request.url ?? '');
      response.writeHead(document === undefined ? 404 : 200).end(JSON.stringify(document ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const host = new WalletHost(server);
    return host;
  }

  didOf(name: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `did:web:127.0.0.1%3A${port}:wallets:${name}`;
  }

  async wallet(name: string): Promise<Wallet> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const did = this.didOf(name);
    const kid = `${did}#key`;
    this.documents.set(`/wallets/${name}/did.json`, {
      id: did,
      verificationMethod: [
        { id: kid, type: 'JsonWebKey2020', controller: did, publicKeyJwk: await exportJWK(publicKey) },
      ],
      authentication: [kid],
      assertionMethod: ['#key'],
    });
    return new Wallet(did, kid, privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A wallet: a DID, its key, and what it presents. */
export class Wallet {
  constructor(
    readonly did: string,
    readonly kid: string,
    readonly key: CryptoKey,
  ) {}

  static async ofJwk(): Promise<Wallet> {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk: JWK = await exportJWK(publicKey);
    const did = `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;
    return new Wallet(did, `${did}#0`, privateKey);
  }

  present(audience: string, credentials: readonly string[], claims: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      iss: this.did,
      aud: audience,
      nonce: randomUUID(),
      nbf: now,
      exp: now + 5,
      vp: { type: ['VerifiablePresentation'], verifiableCredential: credentials },
      ...claims,
    })
      .setProtectedHeader({ alg: 'ES256', kid: this.kid, typ: 'JWT' })
      .sign(this.key);
  }

  /** A credential by this wallet about another. */
  issue(about: Wallet, parts: CredentialParts): Promise<string> {
    return new SignJWT(credentialClaims(this.did, about, parts))
      .setProtectedHeader({ alg: 'ES256', kid: this.kid, typ: 'JWT' })
      .sign(this.key);
  }
}

function credentialClaims(issuer: string, about: Wallet, parts: CredentialParts): JWTPayload {
  const { claims = {}, type = 'X509Credential', subject = {}, credential = {} } = parts;
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuer,
    sub: about.did,
    nbf: now - 60,
    exp: now + 600,
    vc: {
      type: ['VerifiableCredential', type],
      credentialSubject: { id: about.did, ...subject },
      ...credential,
    },
    ...claims,
  };
}

/** The name by which the register of these tests calls the server of a care provider. */
export function otherNameOf(ura: string): string {
  return `2.16.528.1.1007.99.2110-1-900000001-S-${ura}-00.000-00000000`;
}

export interface X509Wish extends CredentialParts {
  readonly authority: TestAuthority;
  readonly server: TestCertificate;
  /** As the DID says it; that of the certificate when left out. */
  readonly did?: string;
  readonly signWith?: TestCertificate;
}

export function x509Did(authority: TestAuthority, policies: string): string {
  const { raw } = new X509Certificate(authority.certificate);
  return `did:x509:0:sha256:${createHash('sha256').update(raw).digest('base64url')}::${policies}`;
}

/** The credential that a UZI server certificate gives to a wallet (Nuts X509Credential). */
export function x509Credential(about: Wallet, ura: string, wish: X509Wish): Promise<string> {
  const { authority, server, did = x509Did(authority, `san:otherName:${otherNameOf(ura)}`) } = wish;
  const { signWith = server } = wish;
  const x5c = [server, authority].map(({ certificate }) =>
    new X509Certificate(certificate).raw.toString('base64'),
  );
  const parts = { subject: { san: { otherName: otherNameOf(ura) } }, ...wish };
  return new SignJWT(credentialClaims(did, about, parts))
    .setProtectedHeader({ alg: 'ES256', kid: `${did}#0`, typ: 'JWT', x5c })
    .sign(createPrivateKey(signWith.key));
}
