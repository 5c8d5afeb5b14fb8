import { anyPurpose, weighOwnChoices, type ConsentChoice } from '@samenhang/consent';
import { findUra, type DataCategory, type Tenant, type Ura } from '@samenhang/data-model';

/** To whom a holder transfers. */
export interface Receiver {
  readonly ura: Ura;
  readonly facilityType: string;
}

/** What of the categories may go to a receiver, and which single resources of them may not. */
export interface TransferConsent {
  readonly categories: readonly DataCategory[];
  /** `Type/id` */
  readonly withheld: ReadonlySet<string>;
}

const TREATMENT = 'TREAT';

/**
 * Who refers a patient, or hands one over, makes explicit what the patient agreed to (NEN 7517): a permit of this holder for
 * this receiver. It is weighed with the consents that the holder keeps: an objection that is as exact, or more so, holds.
 * The national register is not asked: it has no answer for what is sent on a patient's behalf to one named receiver.
 */
export function weighTransfer(
  holder: Tenant,
  receiver: Receiver,
  categories: readonly DataCategory[],
  choices: readonly ConsentChoice[],
  now: Date,
): TransferConsent {
  const implied: ConsentChoice = {
    decision: 'permit',
    holder: { ura: holder.ura },
    requester: { ura: receiver.ura },
    categories: 'all',
    purposeOfUse: anyPurpose,
  };
  const weighed = categories.map((category) =>
    weighOwnChoices(
      { permit: false, reason: 'not-applicable' },
      [implied, ...choices],
      // Nobody in particular receives it: a choice about one professional is about another question.
      {
        holder,
        requester: receiver,
        professional: { id: '', roleCode: '' },
        category,
        purposeOfUse: TREATMENT,
      },
      now,
    ),
  );
  return {
    categories: weighed.filter(({ answer }) => answer.permit).map(({ category }) => category),
    withheld: new Set(weighed.flatMap((each) => each.withheld)),
  };
}

export function findReceiver(value: unknown): Receiver | undefined {
  const { ura, facilityType = '' } = (typeof value === 'object' && value !== null ? value : {}) as {
    ura?: unknown;
    facilityType?: unknown;
  };
  const known = typeof ura === 'string' ? findUra(ura) : undefined;
  return known === undefined || typeof facilityType !== 'string' ? undefined : { ura: known, facilityType };
}
