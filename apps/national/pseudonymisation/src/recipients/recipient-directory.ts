import { Injectable } from '@nestjs/common';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { importJWK, type CryptoKey, type JWK } from 'jose';

/** A recipient as the operator registered it. */
export interface RecipientEntry {
  readonly organisation: string;
  readonly scope: string;
  /** Public key (RSA) to which evaluations are encrypted. */
  readonly jwk: JWK;
  /** OAuth clients that belong to the recipient: they may not ask for evaluations to themselves. */
  readonly clients?: readonly string[];
}

export interface Recipient extends PseudonymRecipient {
  readonly clients: readonly string[];
  readonly keyId: string | undefined;
  readonly encryptionKey: CryptoKey;
}

const MINIMUM_MODULUS_CHARACTERS = 342;

/** Who may receive pseudonyms, from the secret `recipients`; one key per organisation and scope. */
@Injectable()
export class RecipientDirectory {
  readonly #entries: ReadonlyMap<string, RecipientEntry>;
  readonly #recipients = new Map<string, Promise<Recipient>>();

  constructor(environment: ServiceEnvironment) {
    const entries = environment.secret<readonly RecipientEntry[]>('recipients');
    this.#entries = new Map(entries.map((entry) => [nameOf(entry), entry]));
    if (this.#entries.size !== entries.length)
      throw new RangeError('Two recipients have the same organisation and scope');
    for (const { jwk } of entries) assertStrongEnough(jwk);
  }

  /** Those of the operator's file. */
  provisioned(): readonly PseudonymRecipient[] {
    return [...this.#entries.values()];
  }

  all(): Promise<readonly PseudonymRecipient[]> {
    return Promise.resolve(this.provisioned());
  }

  async find(wanted: PseudonymRecipient): Promise<Recipient | undefined> {
    const name = nameOf(wanted);
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const recipient = this.#recipients.get(name) ?? load(entry);
    this.#recipients.set(name, recipient);
    return recipient;
  }
}

async function load(entry: RecipientEntry): Promise<Recipient> {
  const { kty, n, e } = entry.jwk;
  const encryptionKey = (await importJWK({ kty, n, e } as JWK, 'RSA-OAEP-256')) as CryptoKey;
  const { organisation, scope, clients = [] } = entry;
  return { organisation, scope, clients, keyId: entry.jwk.kid, encryptionKey };
}

function nameOf(recipient: PseudonymRecipient): string {
  return `${recipient.organisation}|${recipient.scope}`;
}

/** NIST SP 800-131A: RSA below 2048 bits protects nothing any more. */
function assertStrongEnough(jwk: JWK): void {
  if (jwk.kty !== 'RSA' || (jwk.n?.length ?? 0) < MINIMUM_MODULUS_CHARACTERS) {
    throw new RangeError('The key of a recipient must be RSA of at least 2048 bits');
  }
}
