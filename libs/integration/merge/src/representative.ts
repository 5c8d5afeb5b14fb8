import type { FhirResource } from '@samenhang/data-model';
import { exactText } from './canonical.js';
import { keyOf, type SourcedResource } from './contribution.js';
import { isPresent } from './elements.js';
import { compareAge, compareText } from './object-record.js';

/** Who wrote it down, where and how: not the clinical content. */
const administrative = new Set(
  'resourceType id meta implicitRules language text contained identifier subject patient encounter context recorder asserter performer requester informationSource serviceProvider participant recordedDate dateAsserted issued basedOn partOf'.split(
    ' ',
  ),
);

/** Names of the elements that carry clinical content in this resource. */
export function clinicalElements(resource: FhirResource): string[] {
  return Object.keys(resource).filter(
    (name) => !administrative.has(name) && !name.startsWith('_') && isPresent(resource[name]),
  );
}

/** The most complete original, then the newest, then a fixed order of addresses. Never a blend of several. */
export function chooseRepresentative(items: readonly SourcedResource[]): SourcedResource {
  const [only] = items;
  if (only !== undefined && items.length === 1) return only;
  const [best] = [...items].sort(
    (a, b) =>
      clinicalElements(b.resource).length - clinicalElements(a.resource).length ||
      compareAge(b, a) ||
      compareText(keyOf(a), keyOf(b)) ||
      compareText(exactText(a.resource), exactText(b.resource)),
  );
  if (best === undefined) throw new RangeError('A group has at least one member');
  return best;
}
