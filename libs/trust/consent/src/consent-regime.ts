/** What holds when the patient chose nothing: opt-in says no, opt-out says yes. */
export type ConsentRegime = 'opt-in' | 'opt-out';

export interface RegimePeriod {
  readonly purposeOfUse: string;
  /** First day on which the regime holds (ISO date, UTC). */
  readonly from: string;
  readonly regime: ConsentRegime;
  readonly source: string;
}

/**
 * Policy data: the regime per purpose and date. Treatment is opt-in under the present Dutch law. The EHDS makes primary
 * use an opt-out; its date for the Netherlands is not yet law, so it is entered here when it is.
 */
export const regimePeriods: readonly RegimePeriod[] = [
  {
    purposeOfUse: 'TREAT',
    from: '2008-06-01',
    regime: 'opt-in',
    source: 'Wet aanvullende bepalingen verwerking persoonsgegevens in de zorg, article 15a',
  },
];

/** The regime for a purpose at a moment; a purpose without one is opt-in, the narrower of the two. */
export function regimeAt(
  purposeOfUse: string,
  at: Date,
  periods: readonly RegimePeriod[] = regimePeriods,
): ConsentRegime {
  const begun = periods.filter(
    (period) => period.purposeOfUse === purposeOfUse && new Date(period.from) <= at,
  );
  const latest = begun.toSorted((one, other) => (one.from < other.from ? 1 : -1))[0];
  return latest?.regime ?? 'opt-in';
}

/** `purpose:first day:regime`, separated by commas: `TREAT:2029-03-26:opt-out`. */
export const regimesForm =
  /^$|^[A-Z]+:\d{4}-\d{2}-\d{2}:opt-(?:in|out)(?:,[A-Z]+:\d{4}-\d{2}-\d{2}:opt-(?:in|out))*$/;

/** What a deployment enters, beside what is known here; the same purpose and day again takes its place. */
export function readRegimes(text: string): RegimePeriod[] {
  const entered = (text === '' ? [] : text.split(',')).map((each): RegimePeriod => {
    const [purposeOfUse = '', from = '', regime] = each.split(':');
    return {
      purposeOfUse,
      from,
      regime: regime === 'opt-out' ? 'opt-out' : 'opt-in',
      source: 'configuration',
    };
  });
  const isReplaced = (known: RegimePeriod): boolean =>
    entered.some((each) => each.purposeOfUse === known.purposeOfUse && each.from === known.from);
  return [...regimePeriods.filter((known) => !isReplaced(known)), ...entered];
}
