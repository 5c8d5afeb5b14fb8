/**
 * Base R4 resources as sources of all kinds write them: each is valid R4, none was made for a Dutch profile, and each
 * has something that a profile has no room for. The validator must find nothing wrong with what the mapping makes of them.
 */
import { allergies, conditions, patients } from './patient-resources.js';
import { bgz } from './bgz-resources.js';
import { events, medication, organisations } from './care-resources.js';
import { observations } from './observation-resources.js';

/** All of it as one Bundle of one source. */
export function sourceBundle(): object {
  const resources = [
    patients,
    organisations,
    conditions,
    allergies,
    observations,
    medication,
    events,
    bgz,
  ].flat();
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}
