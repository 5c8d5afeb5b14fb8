import type { Hl7Element } from '@samenhang/hl7v2';
import { withOnePrecision } from '../datatypes/periods.js';
import type { Period } from '../fhir-types.js';
import type { Hl7Run } from './hl7-run.js';

/**
 * A period from two points in time. An end before the start contradicts it and is left out. Of two that cannot be compared
 * because one is less precise (FHIR per-1 then does not hold) both are given as precisely as the less precise one.
 */
export function periodFrom(
  start: string | undefined,
  end: string | undefined,
  place: Pick<Hl7Element, 'path'>,
  run: Hl7Run,
): Period | undefined {
  if (start === undefined || end === undefined) {
    if (start === undefined && end === undefined) return undefined;
    return start === undefined ? { ...(end === undefined ? {} : { end }) } : { start };
  }
  const precision = Math.min(start.length, end.length, 10);
  const isMoment = start.length > 10 && end.length > 10;
  const [from, until] = [start.slice(0, precision), end.slice(0, precision)];
  if (isMoment ? Date.parse(end) < Date.parse(start) : until < from) {
    run.report('error', 'end-before-start', place, 'The end is before the start and is left out');
    return { start };
  }
  const shaped = withOnePrecision({ start, end });
  if (shaped === undefined) return { start, end };
  run.report(
    'information',
    'reduced-precision',
    place,
    'Start and end are not equally precise; both are kept as precisely as the lesser',
  );
  return shaped;
}
