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

export function judge(
  limits: readonly QuotaLimit[],
  usages: readonly QuotaUsage[],
  claimed: number,
): QuotaVerdict {
  const exceeded: QuotaUsage[] = [];
  const alarms: QuotaUsage[] = [];
  for (const usage of usages) {
    const limit = limits.find(
      (each) => each.subject === usage.subject && each.windowSeconds === usage.windowSeconds,
    );
    if (limit === undefined) continue;
    if (usage.used > limit.maximum) exceeded.push(usage);
    const threshold = limit.maximum * ALARM_SHARE;
    if (usage.used >= threshold && usage.used - claimed < threshold) alarms.push(usage);
  }
  return { exceeded, alarms };
}
