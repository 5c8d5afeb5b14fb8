import { Inject, Injectable } from '@nestjs/common';
import type { DecisionPoint } from '@samenhang/authorisation';
import { Failure } from '@samenhang/errors';
import { toAuthorisationSubject, type VerifiedIdentity } from '@samenhang/identity';
import type { PermitTerms } from '@samenhang/secondary-use';
import { DECISION_POINT } from '../tokens.js';

/** What policy says of a question that comes with a proven permit: its purpose, and the kinds of data it asks for. */
@Injectable()
export class PermitPolicy {
  constructor(@Inject(DECISION_POINT) private readonly policies: DecisionPoint) {}

  /** @returns the reasons, for the trail. @throws Failure('forbidden') with what policy refuses */
  require(identity: VerifiedIdentity, terms: PermitTerms, requested: readonly string[]): string[] {
    const { allow, reasons } = this.policies.decide({
      policy: 'secondary',
      subject: toAuthorisationSubject(identity),
      request: { interaction: 'search-type' },
      context: {
        permit: { purpose: terms.purpose, requested, given: terms.datasets.map(({ type }) => type) },
      },
    });
    if (!allow) throw new Failure('forbidden', reasons.map(({ description }) => description).join('; '));
    return reasons.map(({ code }) => code);
  }
}
