import { exactText } from './canonical.js';
import type { SourcedResource } from './contribution.js';
import { compareAge, compareText, type ObjectRecord } from './object-record.js';

/** The most complete original, then the newest, then a fixed order of addresses. Never a blend of several. */
export function chooseRepresentative(records: readonly ObjectRecord[]): SourcedResource {
  const [only] = records;
  if (only !== undefined && records.length === 1) return only.current;
  const [best] = [...records].sort(
    (a, b) =>
      b.traits.clinicalElements.length - a.traits.clinicalElements.length ||
      compareAge(b.current, a.current) ||
      compareText(a.key, b.key) ||
      compareText(exactText(a.current.resource), exactText(b.current.resource)),
  );
  if (best === undefined) throw new RangeError('A group has at least one member');
  return best.current;
}
