import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { Requester } from '../tokens/requester.js';
import type { IndexOperation } from './index-operation.js';

/** A care provider changes its own registrations only, and each kind of change needs its own scope. */
@Injectable()
export class RegistrationPolicy {
  /** @throws Failure */
  assertAllowed(
    operations: readonly IndexOperation[],
    requester: Requester,
    identity: VerifiedIdentity,
  ): void {
    for (const operation of operations) {
      const scope = operation.kind === 'create' ? 'nvi:create' : 'nvi:delete';
      if (!identity.scopes.has(scope))
        throw new Failure('forbidden', `The access token lacks the scope ${scope}`);
      if (operation.kind === 'create' && operation.custodian !== requester.organisation) {
        throw new Failure('forbidden', 'Registrations can be made for your own organisation only');
      }
    }
  }
}
