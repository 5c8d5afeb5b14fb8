import { hash } from 'node:crypto';
import type Provider from 'oidc-provider';
import type { DataSource } from 'typeorm';

const MODEL = 'ReplayDetection';

/**
 * Makes the library remember used assertions and proofs in one statement: two uses of one identifier, at whichever
 * instances, cannot both insert the row. Looking first and inserting after, as it would, leaves a gap between them.
 */
export function rememberUses(provider: Provider, dataSource: DataSource): void {
  provider.ReplayDetection.unique = async (
    issuer: string,
    id: string,
    expiresAt: number,
  ): Promise<boolean> => {
    const inserted = (await dataSource.query(
      `INSERT INTO artifact (model, id, payload, expires_at) VALUES ($1, $2, '{}', to_timestamp($3))
       ON CONFLICT (model, id) DO NOTHING RETURNING id`,
      [MODEL, hash('sha256', `${issuer}\u0000${id}`, 'base64url'), expiresAt],
    )) as unknown[];
    return inserted.length > 0;
  };
}
