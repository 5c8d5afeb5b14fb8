import type { DataCategory } from '@samenhang/data-model';
import { combineAnswers, combineChoices, type ChoiceQuestion } from '../combine-choices.js';
import type { ConsentChoice } from '../consent-choice.js';
import type { ConsentAnswer } from '../consent-question.js';

/** What the consents that a holder keeps itself make of the answer of a register, for one category. */
export interface WeighedConsent {
  readonly category: DataCategory;
  readonly answer: ConsentAnswer;
  /** What the holder's own consents say of the category; the register's part is in `answer` already. */
  readonly own: ConsentAnswer;
  /** Resources (`Composition/1`) that may be given although the category may not. */
  readonly opened: readonly string[];
  /** Resources that may not be given, whatever holds for the category. */
  readonly withheld: readonly string[];
}

/**
 * An objection in the register or at the holder holds; a permit of either suffices where the other knows nothing. What a
 * consent says of named resources is about those alone. The regime has no part in this: it is for the silence of the register.
 */
export function weighOwnChoices(
  register: ConsentAnswer,
  choices: readonly ConsentChoice[],
  question: ChoiceQuestion,
  at: Date,
): WeighedConsent {
  const own = combineChoices(choices, question, at, []);
  const answer = withOwn(register, own);
  const named = [...new Set(choices.flatMap(({ resources = [] }) => resources))].sort();
  const about = named.map((resource) => {
    const ofResource = combineChoices(choices, { ...question, resource }, at, []);
    return { resource, ofResource, permit: withOwn(register, ofResource).permit };
  });
  return {
    category: question.category,
    answer,
    own,
    opened: answer.permit ? [] : about.filter(({ permit }) => permit).map(({ resource }) => resource),
    withheld: about
      .filter(({ ofResource }) => ofResource.reason === 'deny' && own.reason !== 'deny')
      .map(({ resource }) => resource),
  };
}

/** The register's answer, reason and all, where the holder knows of nothing. */
function withOwn(register: ConsentAnswer, own: ConsentAnswer): ConsentAnswer {
  return own.reason === 'not-applicable' ? register : combineAnswers([register, own]);
}
