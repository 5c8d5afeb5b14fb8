import { satisfies, withOther } from '../datatypes/concepts.js';
import { codeSystems, extensionUrls } from '../fhir-systems.js';
import type { Flag } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

/**
 * An alert is either a condition of concern or a name (zib-Alert-1 and -2). A name outside of AlertNaamCodelijst keeps
 * its own coding beside the list's way out.
 */
export function shapeFlag(flag: Flag, context: ProfileContext): Conformance {
  const ofType = (flag.category ?? []).filter((category) => satisfies(category, 'AlertType', context.tables));
  if (ofType.length > 1) {
    return staysBase(
      'out-of-range',
      'unmapped-alert-type',
      'The alert is of two types, the profile has room for one',
    );
  }
  if (flag.extension?.some(({ url }) => url === extensionUrls.flagDetail) === true) {
    const codings = (flag.code.coding ?? []).filter(({ system }) => system !== codeSystems.nullFlavor);
    const isListed = context.tables.hasListed('AlertNaam', { coding: codings });
    if (isListed) {
      return staysBase(
        'out-of-range',
        'contradictory-alert',
        'The alert has both a name and a condition of concern',
      );
    }
    flag.code.coding = codings;
    if (!codings.some(({ system }) => system === codeSystems.dataAbsentReason))
      codings.push({ system: codeSystems.dataAbsentReason, code: 'not-applicable' });
  } else if (!context.tables.hasListed('AlertNaam', flag.code)) withOther(flag.code);
  return conformsTo('nl-core-Alert');
}
