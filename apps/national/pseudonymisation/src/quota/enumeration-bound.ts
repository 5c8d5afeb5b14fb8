import type { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';

/** How long it takes at the least to have every valid BSN evaluated, for whom can do what. */
export interface EnumerationBound {
  readonly oneOrganisationDays: number;
  /** A client that may act for any organisation. */
  readonly oneClientDays: number;
  /** All callers of a recipient together, whoever they are and however many collude. */
  readonly allCallersHours: number;
}

type Quotas = Pick<
  PseudonymisationConfiguration,
  'organisationQuotaPerMinute' | 'organisationQuotaPerDay' | 'clientQuotaPerDay' | 'recipientQuotaPerMinute'
>;

const MINUTES_PER_DAY = 1_440;
const MINUTES_PER_HOUR = 60;
const BSN_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];

/** Numbers of nine digits that pass the eleven-test, without the one of zeros alone. */
export function countValidBsns(): number {
  let byRemainder = [1, ...Array.from({ length: 10 }, () => 0)];
  for (const weight of BSN_WEIGHTS) {
    const next = Array.from({ length: 11 }, () => 0);
    for (const [remainder, count] of byRemainder.entries()) {
      for (let digit = 0; digit <= 9; digit += 1) {
        const reached = (((remainder + digit * weight) % 11) + 11) % 11;
        next[reached] = (next[reached] ?? 0) + count;
      }
    }
    byRemainder = next;
  }
  return (byRemainder[0] ?? 0) - 1;
}

export function enumerationBound(quotas: Quotas): EnumerationBound {
  const all = countValidBsns();
  const organisationPerDay = Math.min(
    quotas.organisationQuotaPerDay,
    quotas.organisationQuotaPerMinute * MINUTES_PER_DAY,
  );
  return {
    oneOrganisationDays: all / Math.min(organisationPerDay, quotas.clientQuotaPerDay),
    oneClientDays: all / quotas.clientQuotaPerDay,
    allCallersHours: all / (quotas.recipientQuotaPerMinute * MINUTES_PER_HOUR),
  };
}
