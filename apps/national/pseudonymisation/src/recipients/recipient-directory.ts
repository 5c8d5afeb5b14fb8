import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';
import type { JWK } from 'jose';

/** A recipient as the operator registered it. */
export interface RecipientEntry {
  readonly organisation: string;
  readonly scope: string;
  /** Public key (RSA) to which evaluations are encrypted. */
  readonly jwk: JWK;
  /** OAuth clients that belong to the recipient: they may not ask for evaluations to themselves. */
  readonly clients?: readonly string[];
  /** Keys are added for it by the operator: the key of the secret is not one of them. */
  readonly hasOwnKeys?: boolean;
}

export interface Recipient extends PseudonymRecipient {
  readonly clients: readonly string[];
  readonly keyId: string | undefined;
  readonly encryptionKey: KeyObject;
}

const MINIMUM_MODULUS_CHARACTERS = 342;
const KNOWLEDGE_MS = 2_000;

/**
 * Who may receive pseudonyms: those of the operator's secret `recipients`, and those that registered a key themselves. A
 * registered key takes the place of a provisioned one; one key per organisation and scope.
 */
@Injectable()
export class RecipientDirectory {
  readonly #provisioned: ReadonlyMap<string, RecipientEntry>;
  readonly #loaded = new Map<string, { readonly recipient: Recipient; readonly entry: RecipientEntry }>();
  #registered: { readonly entries: ReadonlyMap<string, RecipientEntry>; readonly until: number } | undefined;

  constructor(
    environment: ServiceEnvironment,
    private readonly dataSource: DataSource,
    private readonly configuration: PseudonymisationConfiguration,
  ) {
    const entries = environment.secret<readonly RecipientEntry[]>('recipients');
    this.#provisioned = new Map(entries.map((entry) => [nameOf(entry), entry]));
    if (this.#provisioned.size !== entries.length)
      throw new RangeError('Two recipients have the same organisation and scope');
    if (!entries.every((entry) => this.isSpelledAsPinned(entry)))
      throw new RangeError('A recipient is spelled with a prefix that RECIPIENT_PREFIXES does not name');
    for (const { jwk } of entries) if (!isStrongEnough(jwk)) throw new RangeError(TOO_WEAK);
  }

  /** Whether its prefix is one of this deployment's. */
  isSpelledAsPinned({ organisation }: PseudonymRecipient): boolean {
    return this.configuration.recipientPrefixes
      .split(',')
      .some((prefix) => organisation.startsWith(`${prefix}:`));
  }

  /** Those of the operator's file. */
  provisioned(): readonly RecipientEntry[] {
    return [...this.#provisioned.values()];
  }

  async all(): Promise<readonly PseudonymRecipient[]> {
    return [...new Map([...this.#provisioned, ...(await this.#registeredEntries())]).values()];
  }

  async find(wanted: PseudonymRecipient): Promise<Recipient | undefined> {
    if (!this.isSpelledAsPinned(wanted)) return undefined;
    const name = nameOf(wanted);
    const provisioned = this.#provisioned.get(name);
    const entry = (await this.#registeredEntries()).get(name) ?? provisioned;
    if (entry === undefined) return undefined;
    const known = this.#loaded.get(name);
    if (known?.entry === entry) return known.recipient;
    // Whom the operator named stays barred from evaluating for itself, whatever was registered since.
    const clients = [...new Set([...(provisioned?.clients ?? []), ...(entry.clients ?? [])])];
    const recipient = load({ ...entry, clients });
    this.#loaded.set(name, { recipient, entry });
    return recipient;
  }

  /** After a registration by this instance; others see it within two seconds. */
  forget(): void {
    this.#registered = undefined;
  }

  async #registeredEntries(): Promise<ReadonlyMap<string, RecipientEntry>> {
    if (this.#registered !== undefined && this.#registered.until > Date.now())
      return this.#registered.entries;
    const rows = await this.dataSource.query<RecipientEntry[]>(
      'SELECT organisation, scope, jwk, clients FROM recipient_key',
    );
    const entries = new Map(rows.map((row) => [nameOf(row), row]));
    this.#registered = { entries, until: Date.now() + KNOWLEDGE_MS };
    return entries;
  }
}

function load(entry: RecipientEntry): Recipient {
  const { kty, n, e } = entry.jwk;
  const encryptionKey = createPublicKey({ key: { kty, n, e } as JsonWebKey, format: 'jwk' });
  const { organisation, scope, clients = [] } = entry;
  return { organisation, scope, clients, keyId: entry.jwk.kid, encryptionKey };
}

function nameOf(recipient: PseudonymRecipient): string {
  return `${recipient.organisation}|${recipient.scope}`;
}

export const TOO_WEAK = 'The key of a recipient must be RSA of at least 2048 bits';

/** NIST SP 800-131A: RSA below 2048 bits protects nothing any more. */
export function isStrongEnough(jwk: JWK): boolean {
  return jwk.kty === 'RSA' && (jwk.n?.length ?? 0) >= MINIMUM_MODULUS_CHARACTERS;
}
