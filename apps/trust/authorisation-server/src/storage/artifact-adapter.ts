import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { DataSource } from 'typeorm';

/**
 * Where the authorisation server keeps what must outlive a request and be seen by every instance. Access tokens are
 * signed and not stored.
 */
export class ArtifactAdapter implements Adapter {
  constructor(
    private readonly model: string,
    private readonly dataSource: DataSource,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO artifact (model, id, payload, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))
       ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
      [this.model, id, JSON.stringify(payload), expiresIn],
    );
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    if (this.model === 'Client') return undefined;
    const [row] = (await this.dataSource.query(
      'SELECT payload FROM artifact WHERE model = $1 AND id = $2 AND expires_at > now()',
      [this.model, id],
    )) as { payload: AdapterPayload }[];
    return row?.payload;
  }

  async destroy(id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM artifact WHERE model = $1 AND id = $2', [this.model, id]);
  }

  async consume(id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE artifact SET payload = payload || jsonb_build_object('consumed', extract(epoch FROM now())::bigint) WHERE model = $1 AND id = $2`,
      [this.model, id],
    );
  }

  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.dataSource.query(`DELETE FROM artifact WHERE model = $1 AND payload->>'grantId' = $2`, [
      this.model,
      grantId,
    ]);
  }
}

export async function deleteExpiredArtifacts(dataSource: DataSource): Promise<void> {
  await dataSource.query('DELETE FROM artifact WHERE expires_at < now()');
}
