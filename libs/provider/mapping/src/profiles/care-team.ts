import type { CareTeam } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance } from './conformance.js';

export function shapeCareTeam(team: CareTeam): Conformance {
  for (const type of ['Patient', 'RelatedPerson']) {
    const members = (team.participant ?? []).filter(({ member }) => member?.type === type);
    if (members.length > 1) {
      return staysBase(
        'out-of-range',
        'several-participants',
        'The care team has several patients or contact persons, the profile has room for one',
      );
    }
  }
  return conformsTo('nl-core-CareTeam');
}
