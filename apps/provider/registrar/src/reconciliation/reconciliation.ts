import { Inject, Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import type { OwnSource, RegistrationBucket } from '@samenhang/localisation';
import { LOGGER } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { OwnIndexClient } from '../worker/index-client.js';
import { differingBuckets, without } from './difference.js';
import { ReconciliationStore } from './reconciliation-store.js';
import { isDue } from './schedule.js';

const RETRY_MS = 60_000;
const LOOK_MS = 1_000;

/**
 * Compares what this node believes with what the index holds, and heals both ways: what is missing there is registered
 * again, what is there and should not be is withdrawn. Runs between the worker's rounds, so that nothing is under way.
 */
@Injectable()
export class Reconciliation {
  /** Care providers whose registrations were all sent again for a new key version in the present comparison. */
  readonly #rekeyed = new Set<Ura>();
  #retryAt = 0;

  constructor(
    private readonly store: ReconciliationStore,
    private readonly client: OwnIndexClient,
    private readonly configuration: RegistrarConfiguration,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** @returns whether there is new work for the worker */
  async runWhenDue(): Promise<boolean> {
    if (Date.now() < this.#retryAt) return false;
    const { reconciliationHour: hour, reconciliationEverySeconds: everySeconds } = this.configuration;
    this.#retryAt = Date.now() + LOOK_MS;
    try {
      for (const { tenant, finishedAt } of await this.store.tenants()) {
        if (!isDue(finishedAt, new Date(), { hour, everySeconds })) continue;
        const { untried, refused } = await this.store.pending(tenant);
        if (untried > 0) continue;
        // What is refused without end must not keep the rest from being compared.
        if (await this.#reconcile(tenant, refused === 0)) return true;
        this.#rekeyed.delete(tenant);
        await this.store.finish(tenant);
      }
    } catch (error) {
      this.logger.warn({ error }, 'the registrations cannot be compared with the index now');
      this.#retryAt = Date.now() + RETRY_MS;
    }
    return false;
  }

  /** Withdraws only when nothing is missing: what seems surplus may be what a missing one is called there. */
  async #reconcile(tenant: Ura, mayWithdraw: boolean): Promise<boolean> {
    const source = { custodian: tenant, sourceId: this.configuration.registrationSource };
    const { outdated, buckets } = await this.client.digest(source);
    if (outdated > 0 && !this.#rekeyed.has(tenant)) {
      this.#rekeyed.add(tenant);
      const registrations = await this.store.registerAgain(tenant, undefined);
      this.logger.info({ tenant, registrations }, 'registering again under a new pseudonymisation key');
      if (registrations > 0) return true;
    }
    const unnamed = await this.store.registerUnnamedAgain(tenant);
    const differing = differingBuckets(await this.store.digest(tenant), buckets);
    const { missing, surplus } = await this.#compare(source, differing);
    const again = missing.length === 0 ? 0 : await this.store.registerAgain(tenant, missing);
    if (again + unnamed > 0) {
      this.logger.warn({ tenant, missing: again, unnamed }, 'registrations are missing at the index');
      await this.store.noteDrift(tenant, { registeredAgain: again, withdrawn: 0 });
      return true;
    }
    if (surplus.length > 0 && mayWithdraw) {
      this.logger.warn({ tenant, surplus: surplus.length }, 'the index holds registrations without ground');
      await this.client.withdraw(source, surplus);
      await this.store.noteDrift(tenant, { registeredAgain: 0, withdrawn: surplus.length });
    }
    return false;
  }

  async #compare(
    source: OwnSource,
    differing: readonly RegistrationBucket[],
  ): Promise<{ missing: string[]; surplus: string[] }> {
    const missing: string[] = [];
    const surplus: string[] = [];
    for (const bucket of differing) {
      const there = await this.client.idsOf(source, bucket);
      const here = await this.store.idsOf(source.custodian, bucket);
      missing.push(...without(here, there));
      surplus.push(...without(there, here));
    }
    return { missing, surplus };
  }
}
