import { setTimeout as wait } from 'node:timers/promises';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { findDataCategory, type DataCategory } from '@samenhang/data-model';
import { AccessTokens, authorisedFetch, type BoundToken, type VerifiedIdentity } from '@samenhang/identity';
import { LocalisationClient } from '@samenhang/localisation';
import type { Bsn } from '@samenhang/patient-identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import { FhirSourceConfiguration } from '../configuration.js';
import { ResourceCollection } from '../resources/resource-collection.js';
import { patientIdOf } from '../search/matches.js';
import { citizenNumberOf } from './guarded-fhir.controller.js';
import { CUSTODIAN, type Custodian } from './holder-access.js';

const RETRY_MS = 1_000;

/** Tells the reference index, once it can be reached, which categories of data are held of whom. */
@Injectable()
export class Registration implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #stopping = new AbortController();
  readonly #client: LocalisationClient<BoundToken, VerifiedIdentity>;
  #running: Promise<void> | undefined;
  #pending = 0;

  constructor(
    private readonly resources: ResourceCollection,
    private readonly configuration: FhirSourceConfiguration,
    @Inject(CUSTODIAN) private readonly custodian: Custodian,
    tokens: AccessTokens,
    environment: ServiceEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#client = new LocalisationClient<BoundToken, VerifiedIdentity>({
      pseudonymisationUrl: environment.serviceUrl('pseudonymisation'),
      referenceIndexUrl: environment.serviceUrl('reference-index'),
      tokens,
      send: authorisedFetch,
    });
  }

  /** Patients whose registration has not been confirmed yet. */
  get pending(): number {
    return this.#pending;
  }

  onApplicationBootstrap(): void {
    this.#running = this.#registerAll();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #registerAll(): Promise<void> {
    const open = [...this.#categoriesHeld()];
    this.#pending = open.length;
    while (open.length > 0 && !this.#stopping.signal.aborted) {
      const [bsn, categories] = open[0] ?? [];
      if (bsn === undefined || categories === undefined) return;
      try {
        const { registrationSourceId: sourceId } = this.configuration;
        await this.#client.change({
          bsn,
          custodian: this.custodian.ura,
          sourceId,
          register: [...categories],
          deregister: [],
        });
        open.shift();
        this.#pending = open.length;
      } catch (error) {
        this.logger.warn({ error }, 'not registered yet, trying again');
        await wait(RETRY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  #categoriesHeld(): Map<Bsn, Set<DataCategory>> {
    const held = new Map<Bsn, Set<DataCategory>>();
    for (const resource of this.resources.all()) {
      const patient = this.resources.find('Patient', patientIdOf(resource) ?? '');
      const bsn = patient === undefined ? undefined : citizenNumberOf(patient);
      const category = findDataCategory({
        resourceType: resource.type,
        category: resource.content['category'],
      });
      if (bsn === undefined || category === undefined) continue;
      held.set(bsn, (held.get(bsn) ?? new Set()).add(category));
    }
    return held;
  }
}
