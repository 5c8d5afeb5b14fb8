/** What one caller did in one hour, over all recipients. */
export interface CallerHour {
  readonly organisation: string;
  readonly clientId: string;
  readonly hour: Date;
  readonly requests: number;
  readonly refused: number;
  readonly points: number;
  /** Points in its busiest minute. */
  readonly peak: number;
  readonly recipients: readonly string[];
}

/** What is usual for that caller: the 95th percentile over the hours in which it was active. */
export interface CallerBaseline {
  readonly firstSeen: Date;
  readonly points: number;
  readonly peak: number;
  /** As `points`, over the hours of the night alone; 0 when it never works at night. */
  readonly offHoursPoints: number;
  readonly recipients: readonly string[];
}

export interface AnomalySettings {
  /** So many times the usual is out of the ordinary, and the floors say below which number nothing is. */
  readonly factor: number;
  readonly pointsPerMinuteFloor: number;
  readonly pointsPerHourFloor: number;
  readonly offHoursPointsFloor: number;
  /** Share of requests refused, counted from so many requests in an hour. */
  readonly refusedShare: number;
  readonly refusedRequestsFloor: number;
  /** Local hours: from, up to. May pass midnight. */
  readonly offHours: readonly [number, number];
  readonly timeZone: string;
  /** A caller known for less has no usual recipients yet. */
  readonly learningHours: number;
}

export type AnomalyKind = 'burst' | 'rate' | 'refusals' | 'new-recipient' | 'off-hours';

export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly observed: number;
  readonly usual: number;
  /** Of a new recipient. */
  readonly recipient?: string;
}

const HOUR_MS = 3_600_000;

/**
 * What is out of the ordinary for this caller in this hour. Whether its numbers exist, or were ever registered, cannot be
 * a sign: a blinded point is a uniformly random group element, the same for a person, a wrong number and noise.
 */
export function findAnomalies(
  current: CallerHour,
  baseline: CallerBaseline | undefined,
  settings: AnomalySettings,
): readonly Anomaly[] {
  const found: Anomaly[] = [];
  const compare = (kind: AnomalyKind, observed: number, usual: number, floor: number): void => {
    if (observed >= Math.max(floor, usual * settings.factor)) found.push({ kind, observed, usual });
  };
  compare('burst', current.peak, baseline?.peak ?? 0, settings.pointsPerMinuteFloor);
  compare('rate', current.points, baseline?.points ?? 0, settings.pointsPerHourFloor);
  if (isOffHours(current.hour, settings))
    compare('off-hours', current.points, baseline?.offHoursPoints ?? 0, settings.offHoursPointsFloor);
  const refusedShare = current.requests === 0 ? 0 : current.refused / current.requests;
  if (current.requests >= settings.refusedRequestsFloor && refusedShare >= settings.refusedShare)
    found.push({ kind: 'refusals', observed: current.refused, usual: 0 });
  if (baseline !== undefined && isLearned(current.hour, baseline, settings)) {
    const fresh = current.recipients.filter((recipient) => !baseline.recipients.includes(recipient));
    for (const recipient of fresh)
      found.push({
        kind: 'new-recipient',
        observed: current.points,
        usual: baseline.recipients.length,
        recipient,
      });
  }
  return found;
}

export function isOffHours(
  at: Date,
  { offHours: [from, until], timeZone }: Pick<AnomalySettings, 'offHours' | 'timeZone'>,
): boolean {
  const local = Number(
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(at),
  );
  return from <= until ? from <= local && local < until : local >= from || local < until;
}

function isLearned(at: Date, { firstSeen }: CallerBaseline, { learningHours }: AnomalySettings): boolean {
  return at.getTime() - firstSeen.getTime() >= learningHours * HOUR_MS;
}
