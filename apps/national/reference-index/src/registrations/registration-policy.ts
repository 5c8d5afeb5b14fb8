import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { DecisionPoint } from '@samenhang/authorisation';
import { Failure } from '@samenhang/errors';
import { servicePolicies, type VerifiedIdentity } from '@samenhang/identity';
import { LOGGER, ServiceEnvironment } from '@samenhang/service-kit';
import type { Logger } from 'pino';
import type { Requester } from '../tokens/requester.js';
import type { IndexOperation } from './index-operation.js';

/** Asks the decision point whether this care provider may make these changes: its own registrations only. */
@Injectable()
export class RegistrationPolicy implements OnModuleInit {
  #decisionPoint: DecisionPoint | undefined;

  constructor(
    private readonly environment: ServiceEnvironment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#decisionPoint = await servicePolicies(this.environment, this.logger);
  }

  /** @throws Failure with the reasons of the first operation that is refused */
  assertAllowed(
    operations: readonly IndexOperation[],
    requester: Requester,
    identity: VerifiedIdentity,
  ): void {
    if (this.#decisionPoint === undefined) throw new Error('The policies are not loaded');
    const asked = new Set<string>();
    for (const operation of operations) {
      const interaction = operation.kind === 'create' ? 'create' : 'delete';
      // A deletion reaches nothing but the requester's own rows.
      const custodian = operation.kind === 'create' ? operation.custodian : requester.organisation;
      const question = `${interaction} ${custodian}`;
      if (asked.has(question)) continue;
      asked.add(question);
      const decision = this.#decisionPoint.decide({
        policy: 'registration',
        subject: {
          client_id: requester.clientId,
          scope: [...identity.scopes].join(' '),
          organization_ura: requester.organisation,
        },
        request: { interaction },
        context: { data_holder_organization_id: custodian },
      });
      if (decision.allow) continue;
      const issues = decision.reasons.map(({ description }) => ({ text: description }));
      throw new Failure('forbidden', issues[0]?.text, { issues });
    }
  }
}
