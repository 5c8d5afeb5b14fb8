import { Body, Controller, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { identifierSystems } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import { Public } from '@samenhang/identity';
import { readNotification } from '@samenhang/mitz';
import { PatientKeyring, toPatientIdentifier } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, ServiceEnvironment } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { ObjectionStore } from '../objections/objection-store.js';
import { RegistrationWorker } from '../worker/registration-worker.js';
import { SubscriptionSecret } from './subscription-secret.js';
import { ConsentSubscriptionStore } from './subscription-store.js';

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Hears from the consent register what became of a patient's consent: who withdrew it is withdrawn from the reference index,
 * who gave it is registered again. The register knows no tokens: each subscription has a secret of its own.
 */
@Controller('consent-notifications')
export class ConsentNotificationController {
  readonly #keyring: PatientKeyring;

  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: ConsentSubscriptionStore,
    private readonly secret: SubscriptionSecret,
    private readonly objections: ObjectionStore,
    private readonly worker: RegistrationWorker,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    environment: ServiceEnvironment,
  ) {
    const { secret: keyring } = environment.secret<{ readonly secret: string }>('patient-keyring');
    this.#keyring = new PatientKeyring(Buffer.from(keyring, 'base64'));
  }

  @Post(':id')
  @HttpCode(204)
  @Public()
  async take(
    @Param('id') id: string,
    @Headers('authorization') shown: string | undefined,
    @Body() body: unknown,
  ): Promise<void> {
    // Of a subscription that nobody has there is no secret to know either: the answer tells neither apart.
    if (!UUID.test(id) || !this.secret.isOf(id, shown))
      throw new Failure('unauthenticated', 'The secret of the subscription is required');
    const notification = readNotification(body);
    if (notification === undefined) throw new Failure('invalid', 'This is no notification of a consent');
    const { patient, holder, status, at } = notification;
    await inTransaction(this.dataSource, async (transaction) => {
      const known = await this.subscriptions.find(transaction, id);
      if (known === undefined) throw new Failure('not-found', 'There is no such subscription');
      const patientKey = this.#keyring.keyOf(known.tenant, identifierSystems.bsn, patient);
      if (known.tenant !== holder || known.patientKey !== patientKey)
        throw new Failure('invalid', 'This subscription is about somebody else');
      if (!(await this.subscriptions.noteTold(transaction, id, at))) return;
      const position = status === 'inactive' ? 'objects' : 'permits';
      const revision = at.getTime();
      await this.objections.put(transaction, [
        { tenant: holder, patientKey, level: 'holder', position, revision },
      ]);
      await recordAccess(this.eventLog, transaction, {
        activity: 'consent-change',
        outcome: 'success',
        who: { service: 'consent-register' },
        custodian: holder,
        patient: toPatientIdentifier(patient),
        detail: { resourceTypes: ['Consent'], reasons: [`told that it is ${status}`] },
        observer: 'registrar',
      });
    });
    this.worker.wake();
  }
}
