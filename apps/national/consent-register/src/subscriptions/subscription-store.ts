import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PatientKey, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { MitzSubscription } from '@samenhang/mitz';
import { seal, unseal, type Sealed } from '@samenhang/persistence';
import { ServiceEnvironment } from '@samenhang/service-kit';

/** A subscription whose subscriber does not know yet what holds. */
export interface DueSubscription extends MitzSubscription {
  readonly id: string;
  readonly patientKey: PatientKey;
  readonly generation: number;
  readonly attempts: number;
}

interface SubscriptionRow {
  id: string;
  patient_key: PatientKey;
  holder: Ura;
  holder_type: string;
  sealed: Sealed;
  generation: number;
  attempts: number;
}

type Told = Pick<MitzSubscription, 'patient' | 'endpoint' | 'header'>;

/** While a delivery is under way nobody else makes it; a process that dies is made up for after this. */
const LEASE = `interval '1 minute'`;

/** Subscriptions to choices: number and secrets sealed, since a notification has to name the patient. */
@Injectable()
export class SubscriptionStore {
  readonly #key: Uint8Array;

  constructor(environment: ServiceEnvironment) {
    const { secret } = environment.secret<{ secret: string }>('patient-keyring');
    this.#key = new Uint8Array(
      hkdfSync(
        'sha256',
        Buffer.from(secret, 'base64'),
        new Uint8Array(0),
        'consent-register subscriptions',
        32,
      ),
    );
  }

  /** The same holder again takes the place of its earlier one. @param isDue whether there is something to tell at once */
  async put(
    transaction: Transaction,
    patientKey: PatientKey,
    { holder, holderType, patient, endpoint, header }: MitzSubscription,
    isDue: boolean,
  ): Promise<string> {
    const told: Told = { patient, endpoint, ...(header === undefined ? {} : { header }) };
    const sealed = seal(Buffer.from(JSON.stringify(told)), this.#key, `${patientKey} ${holder}`);
    const [row] = await transaction.query<{ id: string }>(
      `INSERT INTO subscription AS known (patient_key, holder, holder_type, sealed, generation)
       VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (patient_key, holder) DO UPDATE
          SET holder_type = excluded.holder_type, sealed = excluded.sealed, attempts = 0, next_try = now(),
              generation = known.generation + excluded.generation
       RETURNING id`,
      [patientKey, holder, holderType, JSON.stringify(sealed), isDue ? 1 : 0],
    );
    if (row === undefined) throw new Error('The subscription was not stored');
    return row.id;
  }

  /** In the transaction of the change: all subscribers of this citizen are to be told. */
  async raise(transaction: Transaction, patientKey: PatientKey): Promise<void> {
    await transaction.query(
      `UPDATE subscription SET generation = generation + 1, attempts = 0, next_try = now() WHERE patient_key = $1`,
      [patientKey],
    );
  }

  async claim(transaction: Transaction, limit: number): Promise<DueSubscription[]> {
    const rows = await transaction.query<SubscriptionRow>(
      `UPDATE subscription SET next_try = now() + ${LEASE}, attempts = attempts + 1
        WHERE id IN (SELECT id FROM subscription WHERE told < generation AND next_try <= now()
                      ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id, patient_key, holder, holder_type, sealed, generation, attempts`,
      [limit],
    );
    return rows.map((row) => this.#open(row));
  }

  async settle(transaction: Transaction, { id, generation }: DueSubscription): Promise<void> {
    await transaction.query(
      `UPDATE subscription SET told = greatest(told, $2), attempts = 0, next_try = now() WHERE id = $1`,
      [id, generation],
    );
  }

  async retryIn(transaction: Transaction, { id }: DueSubscription, seconds: number): Promise<void> {
    await transaction.query(
      `UPDATE subscription SET next_try = now() + make_interval(secs => $2) WHERE id = $1`,
      [id, seconds],
    );
  }

  #open(row: SubscriptionRow): DueSubscription {
    const text = unseal(row.sealed, this.#key, `${row.patient_key} ${row.holder}`).toString('utf8');
    return {
      ...(JSON.parse(text) as Told),
      id: row.id,
      patientKey: row.patient_key,
      holder: row.holder,
      holderType: row.holder_type,
      generation: row.generation,
      attempts: row.attempts,
    };
  }
}
