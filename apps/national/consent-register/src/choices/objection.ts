import type { ObjectionPosition } from '@samenhang/data-model';
import type { RegisteredChoice } from './choice.js';

type Holder = RegisteredChoice['holder'];

/** The category that includes the others. */
const WHOLE = 'GGC002';

/**
 * Whether a citizen objects to any exchange of a holder's data: what nobody may ever see need not be found either. A
 * permit for anyone of anything leaves something to find, since it is the more specific choice.
 */
export function positionOf(choices: readonly RegisteredChoice[], holder: Holder): ObjectionPosition {
  const own = choices.filter((choice) => isSame(choice.holder, holder));
  if (own.some(({ decision }) => decision === 'permit')) return 'permits';
  const objects = own.some(
    ({ requesterCategory, category }) => requesterCategory === undefined && category === WHOLE,
  );
  return objects ? 'objects' : 'none';
}

function isSame(one: Holder, other: Holder): boolean {
  if ('ura' in one) return 'ura' in other && one.ura === other.ura;
  return 'facilityType' in other && one.facilityType === other.facilityType;
}
