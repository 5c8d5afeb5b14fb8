import {
  anyPurpose,
  isMoreSpecific,
  specificityOf,
  type ChosenRequester,
  type ConsentChoice,
} from './consent-choice.js';
import type { ConsentAnswer, ConsentParty, ConsentQuestion } from './consent-question.js';
import { regimeAt, regimePeriods, type RegimePeriod } from './consent-regime.js';

export interface ChoiceQuestion extends Omit<ConsentQuestion, 'patient'> {
  /** Of one resource (`Composition/1`): choices about this one count as well, choices about others do not. */
  readonly resource?: string;
}

/**
 * The answer that a patient's choices give: a permit holds unless there is an objection that it does not outdo by being
 * more specific. Where two choices are equally exact, or each is more exact in another aspect, the objection wins. Choices
 * outside their period do not count; when none is left, the regime decides.
 */
export function combineChoices(
  choices: readonly ConsentChoice[],
  question: ChoiceQuestion,
  at: Date,
  periods: readonly RegimePeriod[] = regimePeriods,
): ConsentAnswer {
  const applicable = choices.filter((choice) => applies(choice, question, at));
  if (applicable.length === 0) {
    const permit = regimeAt(question.purposeOfUse, at, periods) === 'opt-out';
    return { permit, reason: permit ? 'permit' : 'not-applicable' };
  }
  const permits = applicable.filter((choice) => choice.decision === 'permit').map(specificityOf);
  const objections = applicable.filter((choice) => choice.decision === 'deny').map(specificityOf);
  const outdone = objections.every((objection) =>
    permits.some((permit) => isMoreSpecific(permit, objection)),
  );
  const permit = permits.length > 0 && outdone;
  return { permit, reason: permit ? 'permit' : 'deny' };
}

/**
 * Answers of several registers about one question: an objection in any of them holds; a permit needs one register that
 * gives it and no register that could not be asked.
 */
export function combineAnswers(answers: readonly ConsentAnswer[]): ConsentAnswer {
  const deny = answers.find((answer) => answer.reason === 'deny');
  if (deny !== undefined) return { permit: false, reason: 'deny' };
  const unclear = answers.find(({ permit, reason }) => !permit && reason !== 'not-applicable');
  if (unclear !== undefined) return { permit: false, reason: unclear.reason };
  const permit = answers.some((answer) => answer.permit);
  return { permit, reason: permit ? 'permit' : 'not-applicable' };
}

function applies(choice: ConsentChoice, question: ChoiceQuestion, at: Date): boolean {
  return (
    (choice.purposeOfUse === anyPurpose || choice.purposeOfUse === question.purposeOfUse) &&
    isParty(choice.holder, question.holder) &&
    (choice.requester === 'anyone' || isRequester(choice.requester, question)) &&
    (choice.categories === 'all' || choice.categories.includes(question.category)) &&
    (choice.resources === undefined ||
      (question.resource !== undefined && choice.resources.includes(question.resource))) &&
    isWithin(choice.period, at)
  );
}

function isRequester(chosen: ChosenRequester, { requester, professional }: ChoiceQuestion): boolean {
  if ('professional' in chosen) return chosen.professional === professional.id;
  if ('roleCode' in chosen) return chosen.roleCode === professional.roleCode;
  return isParty(chosen, requester);
}

function isParty(chosen: { ura: string } | { facilityType: string }, party: ConsentParty): boolean {
  return 'ura' in chosen ? chosen.ura === party.ura : chosen.facilityType === party.facilityType;
}

/** The end is exclusive: at that moment the choice no longer holds. */
function isWithin(period: ConsentChoice['period'], at: Date): boolean {
  return (
    (period?.start === undefined || period.start <= at) && (period?.end === undefined || at < period.end)
  );
}
