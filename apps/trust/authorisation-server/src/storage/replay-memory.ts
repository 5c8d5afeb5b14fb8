import { hash } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { DataSource } from 'typeorm';

const MODEL = 'ReplayDetection';

/** True for the first use of an identifier of this issuer, at whichever instance, until `expiresAt` (seconds since 1970). */
export type FirstUse = (issuer: string, id: string, expiresAt: number) => Promise<boolean>;

/** Used assertions and proofs, remembered in one statement: two uses of one identifier cannot both insert the row. */
export function replayMemory(dataSource: DataSource): FirstUse {
  return async (issuer, id, expiresAt) => {
    const inserted = (await dataSource.query(
      `INSERT INTO artifact (model, id, payload, expires_at) VALUES ($1, $2, '{}', to_timestamp($3))
       ON CONFLICT (model, id) DO NOTHING RETURNING id`,
      [MODEL, hash('sha256', `${issuer}\u0000${id}`, 'base64url'), expiresAt],
    )) as unknown[];
    return inserted.length > 0;
  };
}

/** Gives the library this memory: looking first and inserting after, as it would, leaves a gap between them. */
export function rememberUses(provider: Provider, isFirstUse: FirstUse): void {
  provider.ReplayDetection.unique = isFirstUse;
}
