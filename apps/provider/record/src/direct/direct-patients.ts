import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import type { DataCategory, Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { PatientKeyring, toPatientIdentifier, type Bsn } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, LOGGER, PollingLoop } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { CitizenNumberVault } from '../patients/citizen-number-vault.js';
import { bsnKey } from '../patients/patient-labels.js';
import { RecordConfiguration } from '../record.configuration.js';
import { enterTenantsToWrite } from '../storage/tenant-fence.js';
import { registerFacts } from './direct-registration.js';
import { DirectSources } from './direct-sources.js';
import type { LiveFacts } from './map-answers.js';

const POLL_MS = 60_000;
/** So long after a server could not be asked it is asked again. */
const RETRY = '10 minutes';
const NOBODY = { facts: [], patientIds: [] };

interface DueRow {
  tenant: Ura;
  bsn_key: string;
  sealed: Buffer;
}

/** The patients whose data at their care provider's own server is to be found, and what is registered of them. */
@Injectable()
export class DirectPatients implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #loop: PollingLoop;
  #stopped = false;

  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    private readonly keyring: PatientKeyring,
    private readonly vault: CitizenNumberVault,
    private readonly direct: DirectSources,
    private readonly configuration: RecordConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#loop = new PollingLoop('registrations of own servers', POLL_MS, logger, () => this.#refreshNext());
  }

  onApplicationBootstrap(): void {
    if (this.direct.tenants.length > 0) this.#loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    await this.#loop.close();
  }

  /**
   * Looks at what the server has of a patient and registers that, now and each time it is due.
   * @throws Failure('not-found') when the server does not know the patient
   */
  async enrol(tenant: Ura, bsn: Bsn, identity: VerifiedIdentity): Promise<DataCategory[]> {
    const found = await this.#ask(tenant, bsn);
    if (found.patientIds.length === 0)
      throw new Failure('not-found', "The care provider's own server does not know this patient");
    return this.#change(tenant, async (transaction) => {
      const categories = await this.#register(transaction, tenant, bsn, found);
      await transaction.query(
        `INSERT INTO direct_patient (tenant, bsn_key, due_at) VALUES ($1, $2, ${this.#nextTime()})
         ON CONFLICT (tenant, bsn_key) DO UPDATE SET due_at = excluded.due_at`,
        [tenant, bsnKey(tenant, bsn, this.keyring)],
      );
      await this.#record(transaction, { tenant, bsn, identity, method: 'PUT' });
      return categories;
    });
  }

  /** From now on nothing of the patient is registered; done twice is done. */
  withdraw(tenant: Ura, bsn: Bsn, identity: VerifiedIdentity): Promise<void> {
    return this.#change(tenant, async (transaction) => {
      const key = bsnKey(tenant, bsn, this.keyring);
      const gone = await transaction.query(
        'DELETE FROM direct_patient WHERE tenant = $1 AND bsn_key = $2 RETURNING bsn_key',
        [tenant, key],
      );
      if (gone.length > 0) await this.#register(transaction, tenant, bsn, NOBODY);
      await this.#record(transaction, { tenant, bsn, identity, method: 'DELETE' });
    });
  }

  /** @returns whether there was one */
  async #refreshNext(): Promise<boolean> {
    const due = this.#stopped ? undefined : await this.#claim();
    if (due === undefined) return false;
    const { tenant, bsn_key: key, sealed } = due;
    const bsn = this.vault.open(tenant, key, sealed);
    try {
      const found = await this.#ask(tenant, bsn);
      await this.#change(tenant, (transaction) => this.#register(transaction, tenant, bsn, found));
    } catch (error) {
      this.logger.warn({ error, tenant }, 'what is registered of a patient could not be looked at again');
      await this.#change(tenant, (transaction) =>
        transaction.query(
          `UPDATE direct_patient SET due_at = now() + interval '${RETRY}' WHERE tenant = $1 AND bsn_key = $2`,
          [tenant, key],
        ),
      );
    }
    return true;
  }

  /** One that is due, not due any more for others that look. */
  #claim(): Promise<DueRow | undefined> {
    return inTransaction(this.dataSource, async (transaction) => {
      await transaction.query(`SELECT set_config('samenhang.tenant', '*', true)`);
      const [row] = await transaction.query<DueRow>(
        `WITH claimed AS (
           UPDATE direct_patient d SET due_at = ${this.#nextTime()} FROM (
             SELECT tenant, bsn_key FROM direct_patient WHERE due_at <= now() AND tenant = ANY($1::text[])
             ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
           ) AS due WHERE d.tenant = due.tenant AND d.bsn_key = due.bsn_key RETURNING d.tenant, d.bsn_key
         )
         SELECT * FROM claimed JOIN citizen_number USING (tenant, bsn_key)`,
        [this.direct.tenants],
      );
      return row;
    });
  }

  /** All the server has. What it did not answer would look as if it were gone. */
  async #ask(tenant: Ura, bsn: Bsn): Promise<LiveFacts> {
    const found = await this.direct.facts(tenant, bsn);
    if (found.issues.some(({ code }) => code === 'transient' || code === 'timeout'))
      throw new Failure('unavailable', "The care provider's own server did not answer everything", {
        retryAfterSeconds: 60,
      });
    return found;
  }

  #register(
    transaction: Transaction,
    tenant: Ura,
    bsn: Bsn,
    found: Pick<LiveFacts, 'facts' | 'patientIds'>,
  ): Promise<DataCategory[]> {
    const { keyring, vault, eventLog: outbox } = this;
    return registerFacts(transaction, { tenant, bsn }, found, { keyring, vault, outbox });
  }

  #change<T>(tenant: Ura, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return inTransaction(this.dataSource, async (transaction) => {
      await enterTenantsToWrite(transaction, [tenant]);
      return work(transaction);
    });
  }

  #record(
    transaction: Transaction,
    { tenant, bsn, identity, method }: { tenant: Ura; bsn: Bsn; identity: VerifiedIdentity; method: string },
  ): Promise<void> {
    return recordAccess(this.eventLog, transaction, {
      activity: 'administer',
      outcome: 'success',
      who: identity,
      patient: toPatientIdentifier(bsn),
      custodian: tenant,
      detail: { query: `${method} direct-patients` },
      observer: 'record',
    });
  }

  #nextTime(): string {
    return `now() + interval '${String(this.configuration.directRefreshHours)} hours'`;
  }
}
