import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { getUra, type EventEnvelope } from '@samenhang/data-model';
import { ChunkContext } from '@samenhang/event-transport';
import { findBsn, type Bsn } from '@samenhang/patient-identity';
import { ChoiceStore } from '../choices/choice-store.js';
import { ConsentRegisterConfiguration } from '../consent-register.configuration.js';
import { OptOutStore } from '../opt-outs/opt-out-store.js';
import { PatientKeys } from '../patient-keys.js';
import { IndexClient } from './index-client.js';
import { restrictionsOf } from './restrictions-of.js';

/**
 * Tells the reference index what a citizen does not want to be found of, each time a choice changes. The event was
 * committed with the choice and waits for as long as the index or pseudonymisation is away. What is stated are the choices as
 * they are now, all of them: a statement takes the place of the last, so that one too many does no harm.
 */
@Controller()
export class RestrictionController {
  constructor(
    private readonly choices: ChoiceStore,
    private readonly optOuts: OptOutStore,
    private readonly keys: PatientKeys,
    private readonly configuration: ConsentRegisterConfiguration,
    private readonly index: IndexClient,
  ) {}

  @EventPattern<string>('consent.objection-changed')
  async state(
    @Payload() events: EventEnvelope<'consent.objection-changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.#stateAll(events, context);
  }

  @EventPattern<string>('consent.primary-use-changed')
  async stateOptOut(
    @Payload() events: EventEnvelope<'consent.primary-use-changed'>[],
    @Ctx() context: ChunkContext,
  ): Promise<void> {
    await this.#stateAll(events, context);
  }

  async #stateAll(
    events: readonly { readonly payload: { readonly bsn: string } }[],
    context: ChunkContext,
  ): Promise<void> {
    if (!this.configuration.stateRestrictions) return;
    const citizens = new Set(events.flatMap(({ payload }) => findBsn(payload.bsn) ?? []));
    for (const citizen of citizens) await this.#state(citizen, context);
  }

  async #state(citizen: Bsn, { transaction }: ChunkContext): Promise<void> {
    const person = this.keys.keyOf(citizen);
    const optedOut = (await this.optOuts.find(transaction, 'primary', person)) !== undefined;
    const choices = await this.choices.list(transaction, person);
    await this.index.restrict({
      bsn: citizen,
      statedBy: getUra(this.configuration.registerOrganisation),
      // One that names nothing is about everything.
      restrictions: optedOut ? [{}] : restrictionsOf(choices, new Date()),
    });
  }
}
