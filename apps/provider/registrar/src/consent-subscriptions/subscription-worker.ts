import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { readTenants } from '@samenhang/data-model';
import { subscribeAtMitz, type MitzClientOptions } from '@samenhang/mitz';
import { statementByStatement } from '@samenhang/persistence';
import { LOGGER, PollingLoop, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { DataSource } from 'typeorm';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { backoffSeconds } from '../worker/backoff.js';
import { SubscriptionSecret } from './subscription-secret.js';
import { ConsentSubscriptionStore, type WantedSubscription } from './subscription-store.js';

export const CONSENT_REGISTER = Symbol('registrar.consent-register');

const BATCH = 20;

/** Asks the consent register to tell of everyone who has data here; what is not taken is asked again, ever more rarely. */
@Injectable()
export class SubscriptionWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #loop: PollingLoop;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: ConsentSubscriptionStore,
    private readonly secret: SubscriptionSecret,
    private readonly configuration: RegistrarConfiguration,
    private readonly environment: ServiceEnvironment,
    @Inject(CONSENT_REGISTER) private readonly register: () => MitzClientOptions,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const { registrarPollMilliseconds } = configuration;
    this.#loop = new PollingLoop('consent subscriptions', registrarPollMilliseconds, logger, () =>
      this.#round(),
    );
  }

  onApplicationBootstrap(): void {
    if (this.configuration.consentSubscriptions) this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.close();
  }

  async #round(): Promise<boolean> {
    const wanted = await this.subscriptions.claim(statementByStatement(this.dataSource), BATCH);
    await Promise.all(wanted.map((each) => this.#subscribe(each)));
    return wanted.length > 0;
  }

  async #subscribe({ id, tenant, bsn, attempts }: WantedSubscription): Promise<void> {
    const transaction = statementByStatement(this.dataSource);
    const { facilityType = '' } =
      readTenants(this.configuration.tenants).find(({ ura }) => ura === tenant) ?? {};
    try {
      await subscribeAtMitz(this.register(), {
        patient: bsn,
        holder: tenant,
        holderType: facilityType,
        endpoint: `${this.environment.publicUrl}/consent-notifications/${id}`,
        header: `Authorization: ${this.secret.of(id)}`,
      });
    } catch (error) {
      this.logger.warn({ subscription: id, err: error }, 'the consent register did not take a subscription');
      return this.subscriptions.retryIn(transaction, id, backoffSeconds(attempts, Math.random()));
    }
    await this.subscriptions.settle(transaction, id);
  }
}
