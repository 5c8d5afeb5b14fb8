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
