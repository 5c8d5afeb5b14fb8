import { readDateTime } from '../hl7v2/date-time.js';
import type { SourceMessage } from '../source-message.js';

export type Delay = 'minute' | 'hour' | 'day' | 'week' | 'longer' | 'before-it-was-sent' | 'unknown';

/** Clocks of sources may be ahead by as much. */
const TOLERANCE_MS = 5 * 60_000;
const limits: readonly (readonly [Delay, number])[] = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 604_800_000],
];

/** How long a message was on its way: from the time that it names itself to its receipt. */
export function delayOf(message: SourceMessage, receivedAt: string): Delay {
  const sent = sentAt(message);
  const ms = sent === undefined ? Number.NaN : Date.parse(receivedAt) - Date.parse(sent);
  if (Number.isNaN(ms)) return 'unknown';
  if (ms < -TOLERANCE_MS) return 'before-it-was-sent';
  return limits.find(([, limit]) => ms <= limit)?.[0] ?? 'longer';
}

/** The times stand at the beginning; only they are looked for. */
const HEAD_BYTES = 4_000;

function sentAt({ format, content, settings }: SourceMessage): string | undefined {
  const head = content.toString('latin1', 0, HEAD_BYTES);
  switch (format) {
    case 'hl7v2':
      return moment(head.split(/[\r\n]/, 1)[0]?.split(head.charAt(3))[6], settings.timeZone);
    case 'cda':
      return moment(/<(?:\w+:)?effectiveTime\s+value="([\d.+-]+)"/.exec(head)?.[1], settings.timeZone);
    case 'fhir-r4':
    case 'fhir-stu3':
      return /"(?:timestamp|lastUpdated)"\s*:\s*"([^"]{10,40})"/.exec(head)?.[1];
    case 'table-row':
      return undefined;
  }
}

function moment(text: string | undefined, timeZone: string): string | undefined {
  if (text === undefined || text === '') return undefined;
  const result = readDateTime(text, timeZone);
  // A day is no moment: it would make every message late.
  return 'value' in result && result.value.includes('T') ? result.value : undefined;
}
