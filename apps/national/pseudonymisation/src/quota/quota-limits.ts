import type { PseudonymRecipient } from '@samenhang/oprf';
import type { Caller } from '../evaluation/caller.js';
import type { PseudonymisationConfiguration } from '../pseudonymisation.configuration.js';

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** From this share of a limit on, the operator is alarmed. */
const ALARM_SHARE = 0.8;

export interface QuotaLimit {
  /** Whose use is counted, e.g. `organisation:12345678`. */
  readonly subject: string;
  readonly windowSeconds: number;
  readonly maximum: number;
}

export interface QuotaUsage {
  readonly subject: string;
  readonly windowSeconds: number;
  /** This claim included. */
  readonly used: number;
  readonly secondsLeft: number;
}

export interface QuotaVerdict {
  readonly exceeded: readonly QuotaUsage[];
  /** Limits whose alarm share this very claim reached. */
  readonly alarms: readonly QuotaUsage[];
}

export function limitsOf(
  caller: Caller,
  recipient: PseudonymRecipient,
  configuration: PseudonymisationConfiguration,
): readonly QuotaLimit[] {
  const organisation = `organisation:${caller.organisation}`;
  return [
    {
      subject: organisation,
      windowSeconds: MINUTE_SECONDS,
      maximum: configuration.organisationQuotaPerMinute,
    },
    { subject: organisation, windowSeconds: DAY_SECONDS, maximum: configuration.organisationQuotaPerDay },
    {
      subject: `client:${caller.clientId}`,
      windowSeconds: DAY_SECONDS,
      maximum: configuration.clientQuotaPerDay,
    },
    {
      subject: `recipient:${recipient.organisation}|${recipient.scope}`,
      windowSeconds: MINUTE_SECONDS,
      maximum: configuration.recipientQuotaPerMinute,
    },
  ];
}

/** Of one request: so many points counted against each of its limits. */
export interface QuotaClaim {
  readonly limits: readonly QuotaLimit[];
  readonly points: number;
}

/** What several claims together add to each subject and window, each counted once. */
export function sumClaims(
  claims: readonly QuotaClaim[],
): readonly (Pick<QuotaLimit, 'subject' | 'windowSeconds'> & { readonly points: number })[] {
  const sums = new Map<string, { subject: string; windowSeconds: number; points: number }>();
  for (const { limits, points } of claims) {
    for (const { subject, windowSeconds } of limits) {
      const name = nameOf({ subject, windowSeconds });
      sums.set(name, { subject, windowSeconds, points: (sums.get(name)?.points ?? 0) + points });
    }
  }
  return [...sums.values()];
}

/** Judges claims that were counted together as if they had been counted one by one, in their order. */
export function settle(
  claims: readonly QuotaClaim[],
  usages: readonly QuotaUsage[],
): readonly QuotaVerdict[] {
  const totals = new Map(usages.map((usage) => [nameOf(usage), usage]));
  const counted = new Map(
    sumClaims(claims).map((sum) => [nameOf(sum), (totals.get(nameOf(sum))?.used ?? 0) - sum.points]),
  );
  return claims.map((claim) => {
    const own = claim.limits.flatMap((limit) => {
      const name = nameOf(limit);
      const total = totals.get(name);
      if (total === undefined) return [];
      const used = (counted.get(name) ?? 0) + claim.points;
      counted.set(name, used);
      return [{ ...total, used }];
    });
    return judge(claim, own);
  });
}

function judge({ limits, points }: QuotaClaim, usages: readonly QuotaUsage[]): QuotaVerdict {
  const maximumOf = new Map(limits.map((limit) => [nameOf(limit), limit.maximum]));
  const exceeded: QuotaUsage[] = [];
  const alarms: QuotaUsage[] = [];
  for (const usage of usages) {
    const maximum = maximumOf.get(nameOf(usage)) ?? 0;
    if (usage.used > maximum) exceeded.push(usage);
    const threshold = maximum * ALARM_SHARE;
    if (usage.used >= threshold && usage.used - points < threshold) alarms.push(usage);
  }
  return { exceeded, alarms };
}

function nameOf({ subject, windowSeconds }: Pick<QuotaLimit, 'subject' | 'windowSeconds'>): string {
  return `${windowSeconds}|${subject}`;
}
