import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { identifierSystems, readTenants, type EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { findBsn, PatientKeyring } from '@samenhang/patient-identity';
import { ServiceEnvironment } from '@samenhang/service-kit';
import { RegistrarConfiguration } from '../registrar.configuration.js';
import { RegistrationWorker } from '../worker/registration-worker.js';
import { ownObjections } from './objection.js';
import { ObjectionStore } from './objection-store.js';

/** Follows the consent register: who objects to being found at a care provider of this node, is not registered. */
@Controller()
export class ObjectionController {
  readonly #keyring: PatientKeyring;

  constructor(
    private readonly objections: ObjectionStore,
    private readonly worker: RegistrationWorker,
    private readonly configuration: RegistrarConfiguration,
    environment: ServiceEnvironment,
  ) {
    const { secret } = environment.secret<{ readonly secret: string }>('patient-keyring');
    this.#keyring = new PatientKeyring(Buffer.from(secret, 'base64'));
  }

  @EventPattern<string>('consent.objection-changed')
  async take(
    @Payload() events: EventEnvelope<'consent.objection-changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    // Its revisions are of another kind than the times of notifications: one of both is listened to.
    if (this.configuration.consentSubscriptions) return;
    const own = ownObjections(events, readTenants(this.configuration.tenants), (tenant, text) => {
      const bsn = findBsn(text);
      return bsn === undefined ? undefined : this.#keyring.keyOf(tenant, identifierSystems.bsn, bsn);
    });
    await this.objections.put(context.transaction, own);
    this.worker.wake();
  }
}
