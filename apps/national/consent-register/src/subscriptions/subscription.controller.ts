import { Body, Controller, Header, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { Failure } from '@samenhang/errors';
import type { EventLog } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { readSubscription } from '@samenhang/mitz';
import { toPatientIdentifier } from '@samenhang/patient-identity';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG, ServerPolicy, ServiceEnvironment } from '@samenhang/service-kit';
import type { FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { PatientKeys } from '../patient-keys.js';
import { PresentState } from './present-state.js';
import { SubscriptionStore } from './subscription-store.js';

/** Subscriptions, on the path and in the form of the national register. */
@Controller('abonnementen/fhir/Subscription')
export class SubscriptionController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly subscriptions: SubscriptionStore,
    private readonly state: PresentState,
    private readonly keys: PatientKeys,
    @Inject(ServerPolicy) private readonly policy: ServerPolicy,
    private readonly environment: ServiceEnvironment,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Post()
  @HttpCode(201)
  @RequireScopes('consent:ask')
  @Header('content-type', 'application/fhir+json; charset=utf-8')
  async subscribe(
    @Body() body: unknown,
    @Identity() identity: VerifiedIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const subscription = readSubscription(body);
    if (subscription === undefined)
      throw new Failure('invalid', 'This is not a subscription to the consent of one patient for one holder');
    if (identity.organisation?.ura !== subscription.holder)
      throw new Failure('forbidden', 'Only the holder of the data may subscribe');
    const refusal = this.policy.findRefusal(subscription.endpoint);
    if (refusal !== undefined) throw new Failure('invalid', `The endpoint ${refusal}`);
    const id = await inTransaction(this.dataSource, async (transaction) => {
      const person = this.keys.keyOf(subscription.patient);
      const status = await this.state.of(transaction, person, subscription);
      await recordAccess(this.eventLog, transaction, {
        activity: 'consent-question',
        outcome: 'success',
        who: identity,
        patient: toPatientIdentifier(subscription.patient),
        custodian: subscription.holder,
        detail: { resourceTypes: ['Consent'], query: 'Subscription' },
        observer: 'consent-register',
      });
      return this.subscriptions.put(transaction, person, subscription, status === 'inactive');
    });
    const path = `abonnementen/fhir/Subscription/${id}`;
    void reply.header('location', `${this.environment.publicUrl}/${path}`);
    const { resourceType, channel } = body as { resourceType: string; channel: object };
    // Without the criteria, which name the patient, and the header, which is a secret.
    return JSON.stringify({ resourceType, id, status: 'active', channel: { ...channel, header: undefined } });
  }
}
