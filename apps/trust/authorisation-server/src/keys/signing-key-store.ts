import { publicKeyOf } from '@samenhang/identity';
import { inTransaction, seal, unseal, type ManagedTransaction, type Sealed } from '@samenhang/persistence';
import type { JWK } from 'jose';
import type { DataSource } from 'typeorm';
import { agesOf, type KeyAge } from './key-ages.js';

export interface StoredKey {
  readonly kid: string;
  readonly publicKey: JWK;
  readonly privateKey: JWK;
  readonly age: KeyAge;
  readonly signsFrom: Date;
}

interface Row {
  readonly kid: string;
  readonly publicKey: JWK;
  readonly sealedKey: Sealed;
  readonly signsFrom: Date;
  readonly signsIn: number;
}

const LOCK = `SELECT pg_advisory_xact_lock(hashtext('signing keys ' || current_schema()))`;

/** The signing keys, private halves sealed, in the database that all instances share; the time is the database's. */
export class SigningKeyStore {
  readonly #encryptionKey: Buffer;

  /**
   * @param encryptionKey 256 bits, base64
   * @param keptSeconds how long a key is published after the next has taken over
   */
  constructor(
    private readonly dataSource: DataSource,
    encryptionKey: string,
    private readonly keptSeconds: number,
  ) {
    this.#encryptionKey = Buffer.from(encryptionKey, 'base64');
  }

  /**
   * Takes these keys, the first of which signs, when there are none yet: what was provisioned is where it begins. Keys that
   * were sealed by another secret are gone with it: whoever replaces the secret drops all keys at once.
   */
  async begin(keys: readonly JWK[]): Promise<void> {
    await inTransaction(this.dataSource, async (transaction) => {
      await transaction.query(LOCK);
      const stored = await transaction.query<Pick<Row, 'kid' | 'sealedKey'>>(
        'SELECT kid, sealed_key AS "sealedKey" FROM signing_key',
      );
      const gone = stored.filter((row) => !this.#opens(row)).map(({ kid }) => kid);
      await transaction.query('DELETE FROM signing_key WHERE kid = ANY ($1)', [gone]);
      const [present] = await transaction.query('SELECT 1 FROM signing_key LIMIT 1');
      if (present !== undefined) return;
      for (const [index, key] of keys.entries()) await this.#insert(transaction, key, -index - 1);
    });
  }

  /** Adds a key that begins to sign after some seconds; undefined when there is one that is still to begin. */
  async add(key: JWK, leadSeconds: number): Promise<StoredKey | undefined> {
    const isAdded = await inTransaction(this.dataSource, async (transaction) => {
      await transaction.query(LOCK);
      const [waiting] = await transaction.query('SELECT 1 FROM signing_key WHERE signs_from > now()');
      if (waiting !== undefined) return false;
      await this.#insert(transaction, key, leadSeconds);
      return true;
    });
    return isAdded ? (await this.all()).find(({ kid }) => kid === key.kid) : undefined;
  }

  /** Latest first; those that are over are gone from then on. */
  async all(): Promise<StoredKey[]> {
    const rows = (await this.dataSource.query(
      `SELECT kid, public_key AS "publicKey", sealed_key AS "sealedKey", signs_from AS "signsFrom",
              extract(epoch FROM signs_from - now())::float8 AS "signsIn"
         FROM signing_key ORDER BY signs_from DESC, kid`,
    )) as Row[];
    const ages = agesOf(
      rows.map(({ signsIn }) => signsIn),
      this.keptSeconds,
    );
    const over = rows.filter((_, index) => ages[index] === 'over').map(({ kid }) => kid);
    if (over.length > 0) await this.dataSource.query('DELETE FROM signing_key WHERE kid = ANY ($1)', [over]);
    return rows.flatMap(({ kid, publicKey, sealedKey, signsFrom }, index) => {
      const age = ages[index] ?? 'over';
      if (age === 'over') return [];
      const privateKey = JSON.parse(unseal(sealedKey, this.#encryptionKey, kid).toString()) as JWK;
      return [{ kid, publicKey, privateKey, age, signsFrom }];
    });
  }

  #opens({ kid, sealedKey }: Pick<Row, 'kid' | 'sealedKey'>): boolean {
    try {
      return unseal(sealedKey, this.#encryptionKey, kid).length > 0;
    } catch {
      return false;
    }
  }

  async #insert(transaction: ManagedTransaction, key: JWK, signsInSeconds: number): Promise<void> {
    const { kid = '' } = key;
    const sealed = seal(Buffer.from(JSON.stringify(key)), this.#encryptionKey, kid);
    await transaction.query(
      `INSERT INTO signing_key (kid, public_key, sealed_key, signs_from)
       VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
      [kid, JSON.stringify(publicKeyOf(key)), JSON.stringify(sealed), signsInSeconds],
    );
  }
}
