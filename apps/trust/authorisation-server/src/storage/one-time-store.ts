import { hash, randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';

/**
 * What is kept for one use, under a name that only its holder knows: the table has a hash of it. Taking is atomic, at
 * whichever instance.
 */
export class OneTimeStore<Payload extends object> {
  constructor(
    private readonly model: string,
    private readonly dataSource: DataSource,
  ) {}

  /** @returns the name to take it by */
  async put(payload: Payload, seconds: number): Promise<string> {
    const name = randomBytes(32).toString('base64url');
    await this.dataSource.query(
      `INSERT INTO artifact (model, id, payload, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [this.model, idOf(name), JSON.stringify(payload), seconds],
    );
    return name;
  }

  /** Undefined when there is none, it was taken, or its time is over. */
  async take(name: string): Promise<Payload | undefined> {
    // A deletion gives the rows and their number.
    const [rows] = (await this.dataSource.query(
      'DELETE FROM artifact WHERE model = $1 AND id = $2 AND expires_at > now() RETURNING payload',
      [this.model, idOf(name)],
    )) as [{ payload: Payload }[], number];
    return rows[0]?.payload;
  }
}

function idOf(name: string): string {
  return hash('sha256', name, 'base64url');
}
