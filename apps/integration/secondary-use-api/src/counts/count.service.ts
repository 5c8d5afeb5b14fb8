import { Injectable } from '@nestjs/common';
import type { Ura } from '@samenhang/data-model';
import type { Condition, CountingAnswer } from '@samenhang/disclosure';
import { Failure } from '@samenhang/errors';
import type { VerifiedIdentity } from '@samenhang/identity';
import { inTransaction } from '@samenhang/persistence';
import { DataSource } from 'typeorm';
import { FederatedViews } from '../holders/federated-views.js';
import { isWhole, worstOf, type HolderOutcome } from '../holders/holder-outcome.js';
import { countingScopeOf, type Permit } from '../permits/permit.js';
import { PermitService } from '../permits/permit.service.js';
import { PermitsInUse } from '../permits/permits-in-use.js';
import { ProjectRecipients } from '../projects/project-recipients.js';
import { ProjectSecrets } from '../projects/project-secrets.js';
import { assertPermitted, everybody, readConditions, viewOf } from './count-question.js';
import { CountingBook } from './counting-book.js';

export interface CountOutcome {
  readonly answer: CountingAnswer;
  readonly holders: readonly HolderOutcome[];
}

interface Found {
  readonly persons: ReadonlySet<string>;
  readonly holders: readonly HolderOutcome[];
}

/** How many persons at all holders of a permit meet some conditions. Each person counts once, at however many they are known. */
@Injectable()
export class CountService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly permits: PermitService,
    private readonly inUse: PermitsInUse,
    private readonly views: FederatedViews,
    private readonly recipients: ProjectRecipients,
    private readonly secrets: ProjectSecrets,
  ) {}

  async count(permitId: string, body: unknown, who: VerifiedIdentity): Promise<CountOutcome> {
    const permit = await this.permits.use(permitId, 'count', who);
    const conditions = readConditions(body);
    assertPermitted(conditions, permit.datasets);
    return this.inUse.during(permitId, async (signal) => {
      await this.#begin(permit, signal);
      const found: Found[] = [];
      for (const condition of conditions) found.push(await this.#find(permit, viewOf(condition), signal));
      const holders = worstOf(found.map((each) => each.holders));
      if (!holders.some(isWhole)) throw new Failure('unavailable', 'No holder gave an answer');
      return { answer: await this.#answer(permit.requester, conditions, found), holders };
    });
  }

  async #answer(
    requester: Ura,
    conditions: readonly Condition[],
    found: readonly Found[],
  ): Promise<CountingAnswer> {
    return inTransaction(this.dataSource, async (transaction) => {
      const book = await CountingBook.open(transaction, requester, this.secrets.sealingKey);
      if (book === undefined) throw new Failure('conflict', 'The population is not known yet');
      return book.answer(
        conditions,
        found.map(({ persons }) => persons),
      );
    });
  }

  /** With a holder that is away its persons would be missing from every later answer: so all must be there. */
  async #begin(permit: Permit, signal: AbortSignal): Promise<void> {
    const { sealingKey } = this.secrets;
    const isKnown = await inTransaction(
      this.dataSource,
      async (transaction) =>
        (await CountingBook.open(transaction, permit.requester, sealingKey)) !== undefined,
    );
    if (isKnown) return;
    const { persons, holders } = await this.#find(permit, everybody, signal);
    const absent = holders.filter((holder) => !isWhole(holder)).map(({ custodian }) => custodian);
    if (absent.length > 0)
      throw new Failure(
        'unavailable',
        `Counting begins when all holders answer; not now: ${absent.join(', ')}`,
      );
    await inTransaction(this.dataSource, (transaction) =>
      CountingBook.begin(transaction, permit.requester, persons, sealingKey),
    );
  }

  async #find(permit: Permit, view: object, signal: AbortSignal): Promise<Found> {
    const persons = new Set<string>();
    const recipient = this.recipients.recipientOf(countingScopeOf(permit.requester));
    const holders = await this.views.run({ permit, view, recipient, signal }, ({ rows }) => {
      for (const [person] of rows) if (typeof person === 'string') persons.add(person);
    });
    return { persons, holders };
  }
}
