import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { isTransient, maximumBulkPatients, type PatientChange } from '@samenhang/localisation';
import type { Bsn } from '@samenhang/patient-identity';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { BsnSeal } from '../desired-state/bsn-seal.js';
import { nameOf } from '../desired-state/desired-state.js';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { Reconciliation } from '../reconciliation/reconciliation.js';
import { backoffSeconds } from './backoff.js';
import { IndexClient } from './index-client.js';
import { wavesOfRequests, type PatientGroup } from './patient-group.js';
import { PendingStore, type PendingPatient } from './pending-store.js';
import { SoleWorker } from './sole-worker.js';

/** Of one round: whether there was work, and how long the services asked to be left alone. */
interface Round {
  readonly worked: boolean;
  readonly pauseSeconds: number;
}

const LONGEST_PAUSE_SECONDS = 60;
const CLAIM_ROWS = 2_000;

/** Makes the index hold what the record says: claims what differs, calls, stores the outcome. Restart-safe throughout. */
@Injectable()
export class RegistrationWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  #idle = new AbortController();
  #running: Promise<void> | undefined;
  #outages = 0;

  constructor(
    private readonly soleWorker: SoleWorker,
    private readonly pending: PendingStore,
    private readonly seal: BsnSeal,
    private readonly client: IndexClient,
    private readonly reconciliation: Reconciliation,
    private readonly configuration: RegistrarConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#running = this.#run();
  }

  /** Finishes the round at hand. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    this.#idle.abort();
    await this.#running;
    await this.soleWorker.release();
  }

  /** There may be work: look for it now rather than at the next poll. */
  wake(): void {
    if (this.#outages === 0) this.#idle.abort();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const round = await this.#round();
      if (round.pauseSeconds > 0) await this.#sleep(round.pauseSeconds * 1000);
      else if (!round.worked) await this.#sleep(this.configuration.registrarPollMilliseconds);
    }
  }

  async #round(): Promise<Round> {
    try {
      if (!(await this.soleWorker.isActive())) return { worked: false, pauseSeconds: 0 };
      const patients = await this.pending.claim(CLAIM_ROWS);
      let pauseSeconds = 0;
      for (const wave of wavesOfRequests(patients, maximumBulkPatients)) {
        await inParallel(wave, this.configuration.registrarConcurrency, async (group) => {
          // One service that does not answer is enough to know: the rest of the round is put back untried.
          if (pauseSeconds > 0) return this.pending.postpone(group, 'waits for a service', 0, false);
          const pause = await this.#settle(group);
          pauseSeconds = Math.max(pauseSeconds, pause);
        });
      }
      this.#outages = pauseSeconds > 0 ? this.#outages + 1 : 0;
      const healed = patients.length === 0 && (await this.reconciliation.runWhenDue());
      return { worked: patients.length > 0 || healed, pauseSeconds };
    } catch (error) {
      this.logger.error({ error }, 'the list of registrations cannot be read');
      return { worked: false, pauseSeconds: 1 };
    }
  }

  /** @returns how long the whole worker must wait; 0 when the services answered */
  async #settle({ tenant, patients }: PatientGroup): Promise<number> {
    const changes = new Map(patients.map((patient) => [patient, this.#findChange(patient)]));
    const readable = patients.filter((patient) => changes.get(patient) !== undefined);
    const unreadable = patients.filter((patient) => changes.get(patient) === undefined);
    // A BSN that cannot be unsealed concerns its own patient only, and needs an operator.
    if (unreadable.length > 0)
      await this.#postpone({ tenant, patients: unreadable }, new Failure('internal'), false);
    const group = { tenant, patients: readable };
    try {
      const outcome = await this.client.changeMany({
        custodian: tenant,
        sourceId: this.configuration.registrationSource,
        patients: readable.flatMap((patient) => changes.get(patient) ?? []),
      });
      await this.pending.complete(group, outcome);
      return 0;
    } catch (error) {
      return this.#postpone(group, error, isTransient(error));
    }
  }

  #findChange(patient: PendingPatient): PatientChange | undefined {
    const bsn = this.#findBsn(patient);
    if (bsn === undefined) return undefined;
    const categories = (desired: boolean): DataCategory[] =>
      patient.changes.filter((change) => change.desired === desired).map((change) => change.category);
    return { bsn, register: categories(true), deregister: categories(false) };
  }

  async #postpone(group: PatientGroup, error: unknown, waits: boolean): Promise<number> {
    const failure = error instanceof Failure ? error.message : 'internal';
    if (waits) {
      // The services' fault, not these patients': everything waits, and nothing is counted against a registration.
      const asked = error instanceof Failure ? error.retryAfterSeconds : undefined;
      const pause = Math.min(LONGEST_PAUSE_SECONDS, asked ?? backoffSeconds(this.#outages, Math.random()));
      if (this.#outages === 0) this.logger.warn({ failure, pauseSeconds: pause }, 'registration waits');
      await this.pending.postpone(group, failure, 0, false);
      return pause;
    }
    const attempts = Math.max(
      ...group.patients.flatMap(({ changes }) => changes.map((change) => change.attempts)),
    );
    this.logger.error({ failure, tenant: group.tenant, attempts }, 'registrations are not accepted');
    await this.pending.postpone(group, failure, backoffSeconds(attempts + 3, Math.random()), true);
    return 0;
  }

  #findBsn({ tenant, patientKey, changes }: PendingPatient): Bsn | undefined {
    const [first] = changes;
    if (first === undefined) return undefined;
    try {
      return this.seal.open(first.sealedBsn, nameOf({ tenant, patientKey, category: first.category }));
    } catch {
      return undefined;
    }
  }

  async #sleep(milliseconds: number): Promise<void> {
    this.#idle = new AbortController();
    if (this.#stopping.signal.aborted) return;
    await delay(milliseconds, undefined, { signal: this.#idle.signal }).catch(() => {});
  }
}

/** At most `width` at a time. */
async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lanes = Array.from({ length: Math.min(width, queue.length) }, async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  });
  await Promise.all(lanes);
}
