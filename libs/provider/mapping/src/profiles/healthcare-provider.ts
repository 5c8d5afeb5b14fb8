import { isCustodianAssigned } from '../custodian-identifier.js';
import { shapeAddresses } from '../datatypes/addresses.js';
import { shapeContactPoints } from '../datatypes/contact-points.js';
import { shapeContactName } from '../datatypes/human-names.js';
import { codeSystems } from '../fhir-systems.js';
import { shapeIdentifiers } from '../datatypes/identifiers.js';
import type { ContactPoint, HumanName, OrganizationOrLocation } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

interface OrganizationContact {
  name?: HumanName;
  telecom?: ContactPoint[];
}

/** org-1: an organisation has an identifier or a name; ours does not count. */
export function shapeOrganization(
  organization: OrganizationOrLocation,
  context: ProfileContext,
): Conformance {
  shapeProvider(organization, context);
  withoutHome(organization.telecom);
  withoutHome(organization.address);
  const contacts = (organization['contact'] as OrganizationContact[] | undefined) ?? [];
  for (const [index, contact] of contacts.entries()) {
    shapeContactName(contact.name, `contact[${index}].name`, context.report);
    shapeContactPoints(contact.telecom);
  }
  const isNamed = organization.identifier?.some((identifier) => !isCustodianAssigned(identifier)) === true;
  if (organization.name === undefined && !isNamed) {
    return staysBase(
      'incomplete',
      'incomplete-organization',
      'The organisation has neither a name nor an identifier',
    );
  }
  const isInsurer = organization.identifier?.some(({ system }) => system === codeSystems.uzovi) === true;
  return conformsTo(isInsurer ? 'nl-core-Payer-Organization' : 'nl-core-HealthcareProvider-Organization');
}

/** org-2 and org-3 of FHIR R4: an organisation has no home, whatever the source calls its address and telephone. */
function withoutHome(places: { use?: string } | readonly { use?: string }[] | undefined): void {
  for (const place of [places ?? []].flat() as { use?: string }[]) if (place.use === 'home') delete place.use;
}

export function shapeLocation(location: OrganizationOrLocation, context: ProfileContext): Conformance {
  shapeProvider(location, context);
  return conformsTo('nl-core-HealthcareProvider');
}

function shapeProvider(provider: OrganizationOrLocation, context: ProfileContext): void {
  provider.identifier = shapeIdentifiers(provider.identifier, context.tables, context.report);
  if (provider.identifier === undefined) delete provider.identifier;
  shapeContactPoints(provider.telecom);
  shapeAddresses(provider.address, context.tables);
}
