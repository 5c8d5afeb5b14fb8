import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestAuthority } from '@samenhang/testing';
import { expect } from 'vitest';
import { RunningServer } from './running-server.js';
import type { RawClient, TokenAnswer } from './token-request.js';
import { WalletHost, x509Credential, type Wallet, type X509Wish } from './wallets.js';

export const HOSPITAL = '22222222';
export const resource = 'http://127.0.0.1:11';

/** An authorisation server that knows a hospital and its vendor by their wallets, and trusts one register. */
export class WalletInstallation {
  readonly authority = new TestAuthority('UZI register of the test');
  readonly uzi = this.authority.issue({ commonName: 'epd.hospital.example', ura: HOSPITAL });
  readonly revoked = this.authority.issue({ commonName: 'old.hospital.example', ura: HOSPITAL });

  private constructor(
    private readonly directory: string,
    readonly host: WalletHost,
    readonly hospital: Wallet,
    readonly vendor: Wallet,
    readonly register: Wallet,
  ) {}

  #server: RunningServer | undefined;
  #prover: RawClient | undefined;

  static async start(): Promise<WalletInstallation> {
    const host = await WalletHost.start();
    const [hospital, vendor, register] = await Promise.all([
      host.wallet('hospital'),
      host.wallet('vendor'),
      host.wallet('register'),
    ]);
    const directory = await mkdtemp(join(tmpdir(), 'authorities-'));
    const installation = new WalletInstallation(directory, host, hospital, vendor, register);
    await installation.#start();
    return installation;
  }

  get server(): RunningServer {
    if (this.#server === undefined) throw new Error('The server does not run');
    return this.#server;
  }

  /** Makes the proofs; who asks is told by the wallets. */
  get prover(): RawClient {
    if (this.#prover === undefined) throw new Error('The server does not run');
    return this.#prover;
  }

  credential(about: Wallet, wish: Partial<X509Wish> = {}): Promise<string> {
    return x509Credential(about, HOSPITAL, { authority: this.authority, server: this.uzi, ...wish });
  }

  async send(parameters: Record<string, string>): Promise<TokenAnswer> {
    const response = await fetch(`${this.server.issuer}/token`, {
      method: 'POST',
      headers: { DPoP: await this.prover.proof() },
      body: new URLSearchParams({ resource, scope: 'nvi:create', ...parameters }),
    });
    return { status: response.status, body: (await response.json()) as TokenAnswer['body'] };
  }

  /** Why the last request was refused, as the log has it: whom it is about stands nowhere. */
  async expectReason(reason: string): Promise<void> {
    const last = async (): Promise<string | undefined> => (await this.#log()).trim().split('\n').at(-1);
    await expect.poll(last, { timeout: 30_000 }).toContain(reason);
    expect(await this.#log()).not.toContain('did:web');
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.host.stop();
    await rm(this.directory, { recursive: true });
  }

  async #start(): Promise<void> {
    const [authorities, revocations] = ['authorities.pem', 'revoked.pem'].map((name) =>
      join(this.directory, name),
    );
    await writeFile(authorities ?? '', this.authority.certificate);
    await writeFile(revocations ?? '', this.authority.revocationList({ revoked: [this.revoked] }));
    const common = { organisations: [HOSPITAL], scopes: ['nvi:create'] } as const;
    this.#server = await RunningServer.start(
      {
        DID_SERVERS: '127.0.0.1',
        ROLE_TYPE_ISSUERS: this.register.did,
        CLIENT_CERTIFICATE_AUTHORITIES: authorities ?? '',
        CLIENT_CERTIFICATE_REVOCATIONS: revocations ?? '',
        LOG_LEVEL: 'warn',
        LOG_FILE: join(this.directory, 'log'),
      },
      [
        { clientId: 'hospital-wallet', title: 'Wallet of the hospital', ...common, did: this.hospital.did },
        { clientId: 'vendor', title: 'Vendor of the hospital', ...common, did: this.vendor.did },
      ],
    );
    this.#prover = await this.#server.clientOf('viewer');
  }

  #log(): Promise<string> {
    return readFile(join(this.directory, 'log'), 'utf8');
  }
}
