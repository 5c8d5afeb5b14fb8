import { Injectable } from '@nestjs/common';
import type { DataCategory } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit } from '../audit/index-audit.js';
import { allHashesOf, PseudonymOpener } from '../tokens/pseudonym-opener.js';
import { requesterOf } from '../tokens/requester.js';
import { UsedTokens } from '../tokens/used-tokens.js';
import type { Registration } from './registration.js';
import { digestOwn, type RegistrationDigest } from './registration-digest.js';
import { countOwn, findOwn, findOwnById } from './registration-store.js';

export interface OwnSearch {
  readonly token?: string;
  readonly source?: string;
  readonly categories?: readonly DataCategory[];
  readonly bucket?: string;
  readonly count: number;
  readonly after?: string;
}

export interface OwnPage {
  readonly registrations: readonly Registration[];
  readonly total: number;
  /** Where the next page starts; absent on the last. */
  readonly next?: string;
}

/** What a care provider registered itself: to check and reconcile. Never another's. */
@Injectable()
export class OwnRegistrations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly opener: PseudonymOpener,
    private readonly usedTokens: UsedTokens,
    private readonly audit: IndexAudit,
  ) {}

  async get(id: string, identity: VerifiedIdentity): Promise<Registration> {
    const { organisation } = requesterOf(identity);
    return inTransaction(this.dataSource, async (transaction) => {
      const registration = await findOwnById(transaction, organisation, id);
      const outcome = registration === undefined ? 'failed' : 'success';
      await this.audit.record(transaction, { activity: 'read', outcome, who: identity, query: `_id=${id}` });
      return registration;
    }).then((registration) => {
      if (registration === undefined)
        throw new Failure('not-found', 'No registration of your organisation has this id');
      return registration;
    });
  }

  /** What a node compares with what it believes is registered. */
  async digest(source: string | undefined, identity: VerifiedIdentity): Promise<RegistrationDigest> {
    const { organisation } = requesterOf(identity);
    const query = source === undefined ? 'digest' : `digest&source=${source}`;
    return inTransaction(this.dataSource, async (transaction) => {
      const digest = await digestOwn(transaction, organisation, source);
      await this.audit.record(transaction, { activity: 'query', outcome: 'success', who: identity, query });
      return digest;
    });
  }

  async search(search: OwnSearch, identity: VerifiedIdentity): Promise<OwnPage> {
    const act = { activity: 'query', who: identity, query: describe(search) } as const;
    return this.audit.recordingRefusal(act, async () => {
      const requester = requesterOf(identity);
      const pseudonym =
        search.token === undefined ? undefined : await this.opener.open(search.token, requester);
      const filter = {
        ...(pseudonym === undefined ? {} : { pseudonymHashes: allHashesOf(pseudonym) }),
        ...(search.source === undefined ? {} : { source: search.source }),
        ...(search.categories === undefined ? {} : { categories: search.categories }),
        ...(search.bucket === undefined ? {} : { bucket: search.bucket }),
      };
      return inTransaction(this.dataSource, async (transaction) => {
        if (pseudonym !== undefined) await this.usedTokens.use(transaction, [pseudonym]);
        const rows = await findOwn(transaction, requester.organisation, filter, {
          after: search.after,
          size: search.count + 1,
        });
        const total = await countOwn(transaction, requester.organisation, filter);
        await this.audit.record(transaction, { ...act, outcome: 'success' });
        const registrations = rows.slice(0, search.count);
        const last = registrations.at(-1);
        return {
          registrations,
          total,
          ...(rows.length > search.count && last !== undefined ? { next: last.id } : {}),
        };
      });
    });
  }
}

function describe(search: OwnSearch): string {
  const parts = [
    ...(search.source === undefined ? [] : [`source=${search.source}`]),
    ...(search.categories === undefined ? [] : [`code=${search.categories.join(',')}`]),
  ];
  return parts.join('&') || 'own registrations';
}
