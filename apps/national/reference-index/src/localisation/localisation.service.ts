import { Injectable } from '@nestjs/common';
import type { DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import type { PseudonymToken } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit, type IndexAct } from '../audit/index-audit.js';
import type { Registration } from '../registrations/registration.js';
import { findByPseudonym } from '../registrations/registration-store.js';
import { Rekeying } from '../rekeying/rekeying.js';
import { allHashesOf, PseudonymOpener } from '../tokens/pseudonym-opener.js';
import { requesterOf } from '../tokens/requester.js';
import { UsedTokens } from '../tokens/used-tokens.js';
import { LocalisationPolicy } from './localisation-policy.js';

export interface LocalisationQuestion {
  readonly token: string | PseudonymToken;
  readonly categories?: readonly DataCategory[];
}

/**
 * "Which custodians hold data of this person?" Where somebody is in care tells about that somebody, so that the
 * question is for professionals with a purpose only, and a refusal looks like an empty answer.
 */
@Injectable()
export class LocalisationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly opener: PseudonymOpener,
    private readonly usedTokens: UsedTokens,
    private readonly rekeying: Rekeying,
    private readonly policy: LocalisationPolicy,
    private readonly audit: IndexAudit,
  ) {}

  async localise(
    question: LocalisationQuestion,
    identity: VerifiedIdentity,
  ): Promise<readonly Registration[]> {
    const act: Omit<IndexAct, 'outcome'> = {
      activity: 'localise',
      who: identity,
      query: question.categories === undefined ? 'all categories' : `code=${question.categories.join(',')}`,
    };
    return this.audit.recordingRefusal(act, async () => {
      assertProfessional(identity);
      const requester = requesterOf(identity);
      const { token } = question;
      const pseudonym =
        typeof token === 'string'
          ? await this.opener.open(token, requester)
          : await this.opener.openToken(token, requester);
      return inTransaction(this.dataSource, async (transaction) => {
        await this.usedTokens.use(transaction, [pseudonym]);
        // Looked up before the decision is known: a refusal takes as long as an answer.
        const found = await findByPseudonym(transaction, allHashesOf(pseudonym), question.categories);
        if (found.length > 0) await this.rekeying.adopt(transaction, [pseudonym]);
        const verdict = this.policy.decide(identity, found);
        await this.audit.record(transaction, {
          ...act,
          outcome: verdict.allow ? 'success' : 'denied',
          reasons: verdict.reasons,
        });
        return verdict.visible;
      });
    });
  }
}

/** Without these the question cannot be judged at all: the token is of the wrong kind, whoever the patient is. */
function assertProfessional(identity: VerifiedIdentity): void {
  if (identity.professional === undefined || identity.purposeOfUse === undefined) {
    throw new Failure('forbidden', 'Localisation needs a token with a professional and a purpose of use');
  }
}
