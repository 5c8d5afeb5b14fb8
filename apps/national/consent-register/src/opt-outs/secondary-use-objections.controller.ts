import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { recordAccess } from '@samenhang/audit';
import { maximumBlindedPersons, type ObjectionsAnswer, type ObjectionsRequest } from '@samenhang/consent';
import { Failure } from '@samenhang/errors';
import type { EventLog, Transaction } from '@samenhang/event-log';
import { Identity, RequireScopes, type VerifiedIdentity } from '@samenhang/identity';
import { OprfError } from '@samenhang/oprf';
import { inTransaction } from '@samenhang/persistence';
import { EVENT_LOG } from '@samenhang/service-kit';
import { DataSource } from 'typeorm';
import { ConsentRegisterConfiguration } from '../consent-register.configuration.js';
import { ObjectionNames } from './objection-names.js';
import { OptOutStore } from './opt-out-store.js';

const CHANGES_PER_ANSWER = 10_000;

/**
 * Who objects to secondary use, for holders: it evaluates the persons whom a holder blinded, and lists the names of who
 * objects, or no longer does, since the holder last asked. Whom the holder means stays with the holder.
 */
@Controller('secondary-use/objections')
@RequireScopes('consent:secondary-use')
export class SecondaryUseObjectionsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly optOuts: OptOutStore,
    private readonly names: ObjectionNames,
    private readonly configuration: ConsentRegisterConfiguration,
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
  ) {}

  @Post('_search')
  @HttpCode(200)
  async search(@Body() body: unknown, @Identity() identity: VerifiedIdentity): Promise<ObjectionsAnswer> {
    const { blinded, since } = readRequest(body);
    if (identity.organisation === undefined)
      throw new Failure('forbidden', 'Only a care provider may ask, of its own patients');
    const { ura } = identity.organisation;
    return inTransaction(this.dataSource, async (transaction) => {
      await this.#countNames(transaction, ura, blinded.length);
      await recordAccess(this.eventLog, transaction, {
        activity: 'consent-question',
        outcome: 'success',
        who: identity,
        detail: { resourceTypes: ['Consent'], query: `secondary use, ${blinded.length} persons` },
        observer: 'consent-register',
      });
      const changes = await this.optOuts.changedSince(transaction, 'secondary', since, CHANGES_PER_ANSWER);
      return {
        evaluated: this.#evaluate(blinded),
        objections: changes.map(({ person, optedOut }) => ({ pseudonym: person, objects: optedOut })),
        revision: changes.at(-1)?.revision ?? since,
        more: changes.length === CHANGES_PER_ANSWER,
      };
    });
  }

  /** Naming is what a search for numbers would need: a holder gets what its own patients ask for, and no more. */
  async #countNames(transaction: Transaction, organisation: string, count: number): Promise<void> {
    if (count === 0) return;
    const [row] = await transaction.query<{ used: string }>(
      `INSERT INTO objection_names_used AS known (organisation, day, used)
       VALUES ($1, (now() AT TIME ZONE 'UTC')::date, $2)
       ON CONFLICT (organisation, day) DO UPDATE SET used = known.used + excluded.used RETURNING used`,
      [organisation, count],
    );
    if (Number(row?.used) <= this.configuration.objectionNamesPerDay) return;
    throw new Failure('too-many', 'No more persons can be named today', { retryAfterSeconds: 3_600 });
  }

  #evaluate(blinded: readonly string[]): string[] {
    return blinded.map((point, index) => {
      try {
        return this.names.evaluate(point);
      } catch (cause) {
        if (!(cause instanceof OprfError)) throw cause;
        throw malformed(`blinded[${index}]`);
      }
    });
  }
}

function readRequest(body: unknown): ObjectionsRequest {
  const { blinded, since } = (body ?? {}) as Record<string, unknown>;
  if (!Array.isArray(blinded) || !blinded.every((each) => typeof each === 'string'))
    throw malformed('blinded');
  if (blinded.length > maximumBlindedPersons)
    throw new Failure('too-large', `At most ${maximumBlindedPersons} persons at once`);
  if (typeof since !== 'number' || !Number.isSafeInteger(since) || since < 0) throw malformed('since');
  return { blinded, since };
}

function malformed(member: string): Failure {
  const text = `${member} is required in its documented form`;
  return new Failure('malformed', text, { issues: [{ text, expression: member }] });
}
