import { Injectable } from '@nestjs/common';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransactionUnder } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit } from '../audit/index-audit.js';
import { Rekeying } from '../rekeying/rekeying.js';
import { PseudonymOpener } from '../tokens/pseudonym-opener.js';
import { requesterOf } from '../tokens/requester.js';
import { UsedTokens } from '../tokens/used-tokens.js';
import { assertOwn, type StatedRestrictions } from './restriction.js';
import { replaceRestrictions } from './restriction-store.js';

/**
 * Takes in what persons do not want to be told, from a consent register or a holder: those know the person, this index
 * does not, and asks nobody at a lookup. A lookup it applies to finds as much as before and tells less.
 */
@Injectable()
export class RestrictionService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly opener: PseudonymOpener,
    private readonly usedTokens: UsedTokens,
    private readonly rekeying: Rekeying,
    private readonly audit: IndexAudit,
  ) {}

  /** @returns how many hold from now on, as stated by this organisation */
  async state({ token, restrictions }: StatedRestrictions, identity: VerifiedIdentity): Promise<number> {
    // What a person restricts is for nobody's eyes but those of the register that was told.
    const act = { activity: 'consent-change', who: identity, query: 'restrictions' } as const;
    return this.audit.recordingRefusal(act, async () => {
      const requester = requesterOf(identity);
      if (!identity.scopes.has('nvi:restrict-any')) assertOwn(restrictions, requester.organisation);
      const pseudonym = await this.opener.openToken(token, requester);
      return inTransactionUnder(this.dataSource, {}, async (transaction) => {
        await this.usedTokens.use(transaction, [pseudonym]);
        await this.rekeying.adopt(transaction, [pseudonym]);
        await replaceRestrictions(transaction, pseudonym, requester.organisation, restrictions);
        await this.audit.record(transaction, { ...act, outcome: 'success' });
        return restrictions.length;
      });
    });
  }
}
