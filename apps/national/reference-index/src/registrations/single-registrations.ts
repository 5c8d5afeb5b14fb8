import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import { GroupCommit, inTransactionUnder } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit, type IndexAct } from '../audit/index-audit.js';
import { LocalisationChanges, type ChangedRow } from '../changes/localisation-changes.js';
import { Rekeying } from '../rekeying/rekeying.js';
import type { OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import { TokenRefusal } from '../tokens/token-refusal.js';
import { DuplicateRegistration } from './duplicate-registration.js';
import {
  registerAll,
  type AskedRegistration,
  type GroupRegistrationResult,
} from './group-registration-store.js';
import type { CreateResult, IndexOperation } from './index-operation.js';

type Create = Extract<IndexOperation, { kind: 'create' }>;
type Act = Omit<IndexAct, 'outcome'>;

interface Request extends AskedRegistration {
  readonly ifNoneExist: boolean;
  readonly act: Act;
}

/** Requests that register one thing, which are nearly all: those that come at the same time are committed together. */
@Injectable()
export class SingleRegistrations {
  readonly #requests = new GroupCommit<Request, GroupRegistrationResult>((requests) =>
    this.#registerAll(requests),
  );

  constructor(
    private readonly dataSource: DataSource,
    private readonly rekeying: Rekeying,
    private readonly changes: LocalisationChanges,
    private readonly audit: IndexAudit,
  ) {}

  /** Committed and in the audit trail, whatever the outcome; rejects, unrecorded, when nothing could be committed. */
  register(create: Create, pseudonym: OpenedPseudonym, act: Act): Promise<GroupRegistrationResult> {
    const { custodian, category, source, ifNoneExist } = create;
    const { hash: pseudonymHash, keyVersion } = pseudonym;
    const row = { id: randomUUID(), pseudonymHash, keyVersion, custodian, category, source };
    return this.#requests.submit({ row, pseudonym, ifNoneExist, act });
  }

  #registerAll(requests: readonly Request[]): Promise<readonly GroupRegistrationResult[]> {
    return inTransactionUnder(this.dataSource, {}, async (transaction) => {
      const overlapping = requests.map(({ pseudonym }) => pseudonym);
      await this.rekeying.adopt(transaction, overlapping);
      const results = await registerAll(transaction, requests);
      const acts = requests.map(({ act, ifNoneExist }, index) => toAct(act, results[index], ifNoneExist));
      const created = requests.flatMap(({ row }, index): ChangedRow[] => {
        const result = results[index];
        return result?.kind === 'created' ? [{ ...row, pseudonymHash: result.pseudonymHash }] : [];
      });
      const events = this.changes.toEvents('localisation.registered', created);
      await this.audit.recordAll(transaction, acts, events);
      return results;
    });
  }
}

/** @throws TokenRefusal, DuplicateRegistration, Failure('conflict') */
export function toCreateResult(result: GroupRegistrationResult, ifNoneExist: boolean): CreateResult {
  switch (result.kind) {
    case 'used-token':
      throw result.isRegistered ? new DuplicateRegistration() : new TokenRefusal('used');
    case 'withdrawn-meanwhile':
      throw new Failure('conflict', 'The registration was withdrawn at the same moment');
    case 'existing':
      if (!ifNoneExist) throw new DuplicateRegistration();
      return result;
    case 'created':
      return { kind: 'created', registration: result.registration };
  }
}

function toAct(act: Act, result: GroupRegistrationResult | undefined, ifNoneExist: boolean): IndexAct {
  switch (result?.kind) {
    case 'created':
      return { ...act, outcome: 'success' };
    case 'existing':
      return ifNoneExist
        ? { ...act, outcome: 'success' }
        : { ...act, outcome: 'failed', reasons: ['conflict'] };
    case 'used-token':
      return { ...act, outcome: 'denied', reasons: ['token-used'] };
    case 'withdrawn-meanwhile':
    case undefined:
      return { ...act, outcome: 'failed', reasons: ['conflict'] };
  }
}
