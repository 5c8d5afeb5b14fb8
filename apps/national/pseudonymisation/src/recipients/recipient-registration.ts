import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymRecipient } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { ServiceEnvironment } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import { DataSource } from 'typeorm';
import { AdministrationAudit } from '../administration/administration-audit.js';
import { assertPossession } from './proof-of-possession.js';
import { isStrongEnough, RecipientDirectory, TOO_WEAK } from './recipient-directory.js';

export interface KeyRegistration {
  readonly recipient: PseudonymRecipient;
  readonly jwk: JWK;
  readonly challenge: string;
  readonly proof: string;
}

const CHALLENGE_SECONDS = 300;

/** A recipient registers the key to which its evaluations are encrypted, and proves that it holds it. */
@Injectable()
export class RecipientRegistration {
  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: RecipientDirectory,
    private readonly audit: AdministrationAudit,
    private readonly environment: ServiceEnvironment,
  ) {}

  /** Good once, for the client that asked, for five minutes. */
  async challenge(who: VerifiedIdentity): Promise<{ challenge: string; expiresInSeconds: number }> {
    const challenge = randomBytes(24).toString('base64url');
    await this.dataSource.query('DELETE FROM recipient_challenge WHERE expires_at < now()');
    await this.dataSource.query(
      `INSERT INTO recipient_challenge (challenge, client_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))`,
      [challenge, clientOf(who), CHALLENGE_SECONDS],
    );
    return { challenge, expiresInSeconds: CHALLENGE_SECONDS };
  }

  async register(registration: KeyRegistration, who: VerifiedIdentity): Promise<void> {
    const { recipient } = registration;
    const query = `register key recipient=${recipient.organisation}&scope=${recipient.scope}`;
    try {
      await this.#register(registration, who, query);
      this.directory.forget();
    } catch (error) {
      if (error instanceof Failure)
        await inTransaction(this.dataSource, (transaction) =>
          this.audit.record(transaction, who, query, error.kind),
        );
      throw error;
    }
  }

  /** For its own URA; for an OIN only a client that the operator entered for that organisation. */
  actsFor({ organisation }: PseudonymRecipient, who: VerifiedIdentity): boolean {
    if (who.organisation !== undefined && organisation === `ura:${who.organisation.ura}`) return true;
    return this.directory
      .provisioned()
      .some((entry) => entry.organisation === organisation && entry.clients?.includes(clientOf(who)));
  }

  async #register(
    { recipient, jwk, challenge, proof }: KeyRegistration,
    who: VerifiedIdentity,
    query: string,
  ): Promise<void> {
    if (!this.actsFor(recipient, who))
      throw new Failure('forbidden', 'A key is registered by the recipient itself');
    if (!this.directory.isSpelledAsPinned(recipient))
      throw new Failure('invalid', 'This deployment spells recipients otherwise');
    if (!isStrongEnough(jwk)) throw new Failure('invalid', TOO_WEAK);
    await this.#use(challenge, who);
    await assertPossession(jwk, proof, { recipient, challenge, audience: this.environment.publicUrl });
    const { kty, n, e, kid } = jwk;
    await inTransaction(this.dataSource, async (transaction) => {
      await transaction.query(
        `INSERT INTO recipient_key AS known (organisation, scope, jwk, clients) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organisation, scope) DO UPDATE SET jwk = EXCLUDED.jwk, registered_at = now(),
           clients = (SELECT jsonb_agg(DISTINCT client) FROM jsonb_array_elements(known.clients || EXCLUDED.clients) AS client)`,
        [
          recipient.organisation,
          recipient.scope,
          JSON.stringify({ kty, n, e, kid }),
          JSON.stringify([clientOf(who)]),
        ],
      );
      await this.audit.record(transaction, who, query);
    });
  }

  async #use(challenge: string, who: VerifiedIdentity): Promise<void> {
    const used = await inTransaction(this.dataSource, (transaction) =>
      transaction.query(
        'DELETE FROM recipient_challenge WHERE challenge = $1 AND client_id = $2 AND expires_at > now() RETURNING 1',
        [challenge, clientOf(who)],
      ),
    );
    if (used.length === 0) throw new Failure('invalid', 'The challenge is not one that is open to you');
  }
}

function clientOf(who: VerifiedIdentity): string {
  return who.actor?.clientId ?? who.clientId;
}
