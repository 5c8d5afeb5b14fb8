import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Failure } from '@samenhang/errors';
import type { Transaction } from '@samenhang/event-log';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { IndexAudit, type IndexAct } from '../audit/index-audit.js';
import { PseudonymOpener, type OpenedPseudonym } from '../tokens/pseudonym-opener.js';
import { requesterOf, type Requester } from '../tokens/requester.js';
import { UsedTokens } from '../tokens/used-tokens.js';
import { Rekeying } from '../rekeying/rekeying.js';
import { LocalisationChanges, type ChangedRow } from '../changes/localisation-changes.js';
import { DuplicateRegistration } from './duplicate-registration.js';
import type { CreateResult, IndexOperation, OperationResult } from './index-operation.js';
import { describeOperations } from './operation-description.js';
import { RegistrationPolicy } from './registration-policy.js';
import type { NewRegistration } from './registration.js';
import { SingleRegistrations, toCreateResult } from './single-registrations.js';
import { deleteByKeys, deleteOwn, deleteOwnById, findByKeys, insertMissing } from './registration-store.js';

type Create = Extract<IndexOperation, { kind: 'create' }>;
type Opened = ReadonlyMap<string, OpenedPseudonym>;
type Deletion = Exclude<IndexOperation, Create>;

/** Opens the tokens that the operations name. In a batch they are names of persons within one sealed answer. */
export type OpenTokens = (
  tokens: readonly string[],
  requester: Requester,
) => Promise<readonly OpenedPseudonym[]>;

/** Changes to the index: all operations of one request together or none, each token good for one request. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly opener: PseudonymOpener,
    private readonly usedTokens: UsedTokens,
    private readonly rekeying: Rekeying,
    private readonly policy: RegistrationPolicy,
    private readonly singles: SingleRegistrations,
    private readonly changes: LocalisationChanges,
    private readonly audit: IndexAudit,
  ) {}

  /** @returns one result per operation, in the order given; deletions take effect first (FHIR R4 http.html#trules) */
  async apply(
    operations: readonly IndexOperation[],
    identity: VerifiedIdentity,
    openTokens: OpenTokens = (tokens, requester) =>
      Promise.all(tokens.map((token) => this.opener.open(token, requester))),
  ): Promise<OperationResult[]> {
    const act = describe(operations, identity);
    return this.audit.recordingRefusal(act, async () => {
      const requester = requesterOf(identity);
      this.policy.assertAllowed(operations, requester, identity);
      const opened = await open(operations, requester, openTokens);
      return inTransaction(this.dataSource, async (transaction) => {
        await this.usedTokens.use(transaction, [...opened.values()]);
        await this.rekeying.adopt(transaction, [...opened.values()]);
        return this.#applyIn(transaction, operations, opened, requester, act);
      });
    });
  }

  /** A request that registers one thing. */
  async create(create: Create, identity: VerifiedIdentity): Promise<CreateResult> {
    const act = describe([create], identity);
    const result = await this.audit.recordingRefusal(act, async () => {
      const requester = requesterOf(identity);
      this.policy.assertAllowed([create], requester, identity);
      const pseudonym = await this.opener.open(create.token, requester);
      return this.singles.register(create, pseudonym, act);
    });
    return toCreateResult(result, create.ifNoneExist);
  }

  async #applyIn(
    transaction: Transaction,
    operations: readonly IndexOperation[],
    opened: Opened,
    requester: Requester,
    act: Omit<IndexAct, 'outcome'>,
  ): Promise<OperationResult[]> {
    const deletions = operations.filter((operation) => operation.kind !== 'create');
    const creates = operations.filter((operation) => operation.kind === 'create');
    const removed = await this.#deleteAll(transaction, deletions, opened, requester);
    const added = await this.#create(transaction, creates, opened);
    const events = [
      ...this.changes.toEvents('localisation.withdrawn', removed.rows),
      ...this.changes.toEvents('localisation.registered', added.rows),
    ];
    await this.audit.record(transaction, { ...act, outcome: 'success' }, events);
    const results = new Map([...removed.results, ...added.results]);
    return operations.map((operation) => results.get(operation)).filter((result) => result !== undefined);
  }

  /** What names one registration exactly goes in one statement; the rest one by one. */
  async #deleteAll(
    transaction: Transaction,
    deletions: readonly Deletion[],
    opened: Opened,
    requester: Requester,
  ): Promise<Applied> {
    const results = new Map<IndexOperation, OperationResult>();
    const rows: ChangedRow[] = [];
    const exact = new Map<IndexOperation, NewRegistration>();
    for (const deletion of deletions) {
      const row = findExactRow(deletion, opened, requester);
      if (row !== undefined) {
        exact.set(deletion, row);
        continue;
      }
      const deleted = await this.#delete(transaction, deletion, opened, requester);
      results.set(deletion, { kind: 'deleted', count: deleted.length });
      rows.push(...deleted);
    }
    const deleted = await deleteByKeys(transaction, [...exact.values()]);
    for (const [deletion, row] of exact)
      results.set(deletion, { kind: 'deleted', count: deleted.has(row.id) ? 1 : 0 });
    return { results, rows: [...rows, ...deleted.values()] };
  }

  async #delete(
    transaction: Transaction,
    operation: Deletion,
    opened: Opened,
    requester: Requester,
  ): Promise<readonly ChangedRow[]> {
    if (operation.kind === 'delete-by-id') {
      const deleted = await deleteOwnById(transaction, requester.organisation, operation.id);
      if (deleted.length > 0) return deleted;
      throw new Failure('not-found', 'No registration of your organisation has this id');
    }
    const { token, source, categories } = operation.filter;
    return deleteOwn(transaction, requester.organisation, {
      ...(token === undefined ? {} : { pseudonymHashes: [pseudonymOf(token, opened).hash] }),
      ...(source === undefined ? {} : { source }),
      ...(categories === undefined ? {} : { categories }),
    });
  }

  async #create(transaction: Transaction, creates: readonly Create[], opened: Opened): Promise<Applied> {
    const results = new Map<IndexOperation, OperationResult>();
    if (creates.length === 0) return { results, rows: [] };
    const rows = creates.map((create) => toRow(create, opened));
    const inserted = await insertMissing(transaction, rows);
    const stored = await findByKeys(transaction, rows);
    for (const [index, create] of creates.entries()) {
      const registration = stored[index];
      if (registration === undefined)
        throw new Failure('conflict', 'The registration was withdrawn at the same moment');
      const isNew = inserted.has(rows[index]?.id ?? '');
      if (!isNew && !create.ifNoneExist) throw new DuplicateRegistration();
      results.set(create, { kind: isNew ? 'created' : 'existing', registration });
    }
    return { results, rows: [...inserted.values()] };
  }
}

/** Results by operation, and the rows that came or went. */
interface Applied {
  readonly results: ReadonlyMap<IndexOperation, OperationResult>;
  readonly rows: readonly ChangedRow[];
}

function toRow(create: Create, opened: Opened): NewRegistration {
  const { custodian, category, source } = create;
  const { hash: pseudonymHash, keyVersion } = pseudonymOf(create.token, opened);
  return { id: randomUUID(), pseudonymHash, keyVersion, custodian, category, source };
}

/** Entries of a Bundle may share a token: it is one request. */
async function open(
  operations: readonly IndexOperation[],
  requester: Requester,
  openTokens: OpenTokens,
): Promise<Opened> {
  const tokens = [...new Set(operations.map(tokenOf).filter((token) => token !== undefined))];
  const opened = await openTokens(tokens, requester);
  return new Map(opened.map((pseudonym, index) => [tokens[index] ?? '', pseudonym]));
}

function findExactRow(deletion: Deletion, opened: Opened, requester: Requester): NewRegistration | undefined {
  if (deletion.kind !== 'delete') return undefined;
  const { token, source, categories = [] } = deletion.filter;
  const [category, ...others] = categories;
  if (token === undefined || source === undefined || category === undefined || others.length > 0)
    return undefined;
  const { hash: pseudonymHash, keyVersion } = pseudonymOf(token, opened);
  return { id: randomUUID(), pseudonymHash, keyVersion, custodian: requester.organisation, category, source };
}

function pseudonymOf(token: string, opened: Opened): OpenedPseudonym {
  const pseudonym = opened.get(token);
  if (pseudonym === undefined) throw new Error('A token was not opened before it was needed');
  return pseudonym;
}

function tokenOf(operation: IndexOperation): string | undefined {
  if (operation.kind === 'create') return operation.token;
  return operation.kind === 'delete' ? operation.filter.token : undefined;
}

function describe(operations: readonly IndexOperation[], who: VerifiedIdentity): Omit<IndexAct, 'outcome'> {
  const creates = operations.some((operation) => operation.kind === 'create');
  return { activity: creates ? 'register' : 'deregister', who, query: describeOperations(operations) };
}
