import { shapeAddresses } from '../datatypes/addresses.js';
import { shapeContactPoints } from '../datatypes/contact-points.js';
import { shapeNames } from '../datatypes/human-names.js';
import { shapeIdentifiers } from '../datatypes/identifiers.js';
import type { Practitioner, PractitionerRole } from '../fhir-types.js';
import { conformsTo, type Conformance, type ProfileContext } from './conformance.js';
import { shapeGender } from './patient.js';

export function shapePractitioner(practitioner: Practitioner, context: ProfileContext): Conformance {
  practitioner.identifier = shapeIdentifiers(practitioner.identifier, context.tables, context.report);
  if (practitioner.identifier === undefined) delete practitioner.identifier;
  shapeNames(practitioner.name, context.report);
  shapeContactPoints(practitioner.telecom);
  shapeAddresses(practitioner.address, context.tables);
  shapeGender(practitioner, context);
  return conformsTo('nl-core-HealthProfessional-Practitioner');
}

export function shapePractitionerRole(role: PractitionerRole, context: ProfileContext): Conformance {
  role.identifier = shapeIdentifiers(role.identifier, context.tables, context.report);
  if (role.identifier === undefined) delete role.identifier;
  shapeContactPoints(role.telecom);
  return conformsTo('nl-core-HealthProfessional-PractitionerRole');
}
