import { Injectable } from '@nestjs/common';
import type { PatientKey, Ura } from '@samenhang/data-model';
import type { Transaction } from '@samenhang/event-log';
import type { MitzNotification } from '@samenhang/mitz';
import { ChoiceStore } from '../choices/choice-store.js';
import { positionOf } from '../choices/objection.js';
import { OptOutStore } from '../opt-outs/opt-out-store.js';

interface Holder {
  readonly holder: Ura;
  readonly holderType: string;
}

/** What a notification says of a citizen and a holder: inactive is that nobody may have anything. */
@Injectable()
export class PresentState {
  constructor(
    private readonly choices: ChoiceStore,
    private readonly optOuts: OptOutStore,
  ) {}

  async of(
    reads: Pick<Transaction, 'query'>,
    person: PatientKey,
    { holder, holderType }: Holder,
  ): Promise<MitzNotification['status']> {
    if ((await this.optOuts.find(reads, 'primary', person)) !== undefined) return 'inactive';
    const choices = await this.choices.list(reads, person);
    const own = positionOf(choices, { ura: holder });
    const ofType = positionOf(choices, { facilityType: holderType });
    return own === 'objects' || (ofType === 'objects' && own !== 'permits') ? 'inactive' : 'active';
  }
}
