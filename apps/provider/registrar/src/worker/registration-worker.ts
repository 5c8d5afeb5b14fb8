import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { isTransient, maximumBulkPatients } from '@samenhang/localisation';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { EvaluationRequests } from '../evaluation/evaluation-requests.js';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { Reconciliation } from '../reconciliation/reconciliation.js';
import { backoffSeconds } from './backoff.js';
import { GroupSender } from './group-sender.js';
import { halvesOf, wavesOfRequests, type PatientGroup } from './patient-group.js';
import { PendingStore } from './pending-store.js';
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
    private readonly evaluations: EvaluationRequests,
    private readonly sender: GroupSender,
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
      await this.evaluations.release();
      // While a service is away calls tell when it is back: nothing is evaluated in advance for an index that is not there.
      const isBulkAllowed = this.#outages === 0;
      const asked = isBulkAllowed ? await this.evaluations.askWhenMany() : 0;
      const { bulkEvaluationThreshold } = this.configuration;
      const patients = await this.pending.claim(CLAIM_ROWS, isBulkAllowed ? bulkEvaluationThreshold : 0);
      const claimed = patients.reduce((sum, { changes }) => sum + changes.length, 0);
      // When withdrawals fill the round, no registration of any kind comes before the rest of them.
      const evaluated = claimed < CLAIM_ROWS ? await this.pending.claimEvaluated(CLAIM_ROWS) : [];
      let pauseSeconds = 0;
      for (const wave of wavesOfRequests(patients, evaluated, maximumBulkPatients)) {
        await inParallel(wave, this.configuration.registrarConcurrency, async (group) => {
          // One service that does not answer is enough to know: the rest of the round is put back untried.
          if (pauseSeconds > 0) return this.pending.postpone(group, 'waits for a service', 0, false);
          const pause = await this.#settle(group);
          pauseSeconds = Math.max(pauseSeconds, pause);
        });
      }
      this.#outages = pauseSeconds > 0 ? this.#outages + 1 : 0;
      const worked = asked + patients.length + evaluated.length > 0;
      const healed = !worked && (await this.reconciliation.runWhenDue());
      return { worked: worked || healed, pauseSeconds };
    } catch (error) {
      this.logger.error({ error }, 'the list of registrations cannot be read');
      return { worked: false, pauseSeconds: 1 };
    }
  }

  /** @returns how long the whole worker must wait; 0 when the services answered */
  async #settle(claimed: PatientGroup): Promise<number> {
    const { group, unreadable, send } = this.sender.open(claimed);
    if (unreadable.patients.length > 0) {
      // A BSN that cannot be unsealed concerns its own patient only, and needs an operator.
      await this.pending.discardEvaluations(unreadable);
      await this.#postpone(unreadable, new Failure('internal'), false);
    }
    if (group.patients.length === 0) return 0;
    try {
      await this.pending.complete(group, await send());
      await this.pending.discardEvaluations(group);
      return 0;
    } catch (error) {
      if (isRefused(error) && !isEvaluated(group)) return this.#settleApart(group, error);
      const waits = isTransient(error);
      if (!isEvaluated(group) || mayStillBeUsed(error)) return this.#postpone(group, error, waits);
      // Used up by a call whose answer was lost, or expired: other evaluations are asked for.
      await this.pending.discardEvaluations(group);
      return this.#postpone(group, error, false);
    }
  }

  /** Something in the group is not accepted: what is good goes through without it, and it alone is tried again. */
  async #settleApart(group: PatientGroup, error: Failure): Promise<number> {
    const parts = halvesOf(group);
    if (parts.length > 1) {
      let pauseSeconds = 0;
      for (const part of parts) pauseSeconds = Math.max(pauseSeconds, await this.#settle(part));
      return pauseSeconds;
    }
    const isThereAlready = group.patients.every(({ changes }) => changes.every(({ desired }) => desired));
    if (error.kind !== 'conflict' || !isThereAlready) return this.#postpone(group, error, false);
    await this.pending.complete(group, []);
    return 0;
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

  async #sleep(milliseconds: number): Promise<void> {
    this.#idle = new AbortController();
    if (this.#stopping.signal.aborted) return;
    await delay(milliseconds, undefined, { signal: this.#idle.signal }).catch(() => {});
  }
}

/** Refused for what was sent, not for who sent it or when. */
function isRefused(error: unknown): error is Failure {
  return error instanceof Failure && ['invalid', 'conflict'].includes(error.kind);
}

const isEvaluated = ({ patients }: PatientGroup): boolean =>
  patients.some(({ evaluation }) => evaluation !== undefined);

/** Whether evaluations are likely unused after a call that failed so: it was not served at all. */
function mayStillBeUsed(error: unknown): boolean {
  return error instanceof Failure && ['unavailable', 'timeout', 'too-many'].includes(error.kind);
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
