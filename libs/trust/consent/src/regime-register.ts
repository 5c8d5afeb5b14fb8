import type { ConsentAnswer, ConsentQuestion, ConsentRegister } from './consent-question.js';
import { regimeAt, regimePeriods, type RegimePeriod } from './consent-regime.js';

/**
 * Reads the silence of a register as the law of the day does: a register says that nothing was chosen, and the holder decides what
 * that means for this purpose. Every other answer stands, a register that could not be asked above all.
 */
export class RegimeRegister implements ConsentRegister {
  constructor(
    private readonly register: ConsentRegister,
    private readonly periods: readonly RegimePeriod[] = regimePeriods,
    private readonly now: () => Date = () => new Date(),
  ) {}

  async ask(question: ConsentQuestion): Promise<ConsentAnswer> {
    const answer = await this.register.ask(question);
    if (answer.reason !== 'not-applicable') return answer;
    const isOptOut = regimeAt(question.purposeOfUse, this.now(), this.periods) === 'opt-out';
    return isOptOut ? { permit: true, reason: 'no-objection' } : answer;
  }
}
