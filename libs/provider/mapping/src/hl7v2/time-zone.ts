interface Transition {
  /** From this instant on, in milliseconds UTC. */
  readonly from: number;
  readonly offsetMinutes: number;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const transitionsByYear = new Map<string, readonly Transition[]>();
const formats = new Map<string, Intl.DateTimeFormat>();

export interface LocalOffset {
  /** Undefined for a local time that never was (the hour that summer time skips). */
  readonly offsetMinutes: number | undefined;
  /** The local time occurred twice; the offset is that of the first. */
  readonly isAmbiguous: boolean;
}

/** Offset of a local time in an IANA zone. `local` are its milliseconds as if it were UTC. */
export function offsetOfLocalTime(local: number, zone: string): LocalOffset {
  const year = new Date(local).getUTCFullYear();
  const offsets = new Set(transitionsOf(zone, year).map((transition) => transition.offsetMinutes));
  const fitting = [...offsets].filter((offset) => offsetAt(local - offset * MINUTE, zone) === offset);
  if (fitting.length === 0) return { offsetMinutes: undefined, isAmbiguous: false };
  return { offsetMinutes: Math.max(...fitting), isAmbiguous: fitting.length > 1 };
}

function offsetAt(instant: number, zone: string): number {
  const transitions = transitionsOf(zone, new Date(instant).getUTCFullYear());
  let offset = transitions[0]?.offsetMinutes ?? 0;
  for (const transition of transitions) if (transition.from <= instant) offset = transition.offsetMinutes;
  return offset;
}

/** The offsets of a year, found once: asking the platform for each time would cost more than the rest of a message. */
function transitionsOf(zone: string, year: number): readonly Transition[] {
  const key = `${zone}|${year}`;
  const known = transitionsByYear.get(key);
  if (known !== undefined) return known;
  const transitions = findTransitions(zone, year);
  transitionsByYear.set(key, transitions);
  return transitions;
}

function findTransitions(zone: string, year: number): Transition[] {
  const start = startOfYear(year);
  const end = startOfYear(year + 1);
  let offset = readOffset(start, zone);
  const transitions = [{ from: start, offsetMinutes: offset }];
  for (let day = start; day < end; day += DAY) {
    const next = readOffset(day + DAY, zone);
    if (next === offset) continue;
    transitions.push({ from: findChange(day, day + DAY, offset, zone), offsetMinutes: next });
    offset = next;
  }
  return transitions;
}

function findChange(from: number, until: number, offset: number, zone: string): number {
  let [before, after] = [from, until];
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
    if (readOffset(middle, zone) === offset) before = middle;
    else after = middle;
  }
  return after;
}

function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** @throws RangeError when the zone is unknown */
function readOffset(instant: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const name = format.formatToParts(instant).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}
