import { shapeAddresses } from '../datatypes/addresses.js';
import { shapeContactPoints } from '../datatypes/contact-points.js';
import { shapeNames } from '../datatypes/human-names.js';
import { shapeIdentifiers } from '../datatypes/identifiers.js';
import type { RelatedPerson } from '../fhir-types.js';
import { conformsTo, type Conformance, type ProfileContext } from './conformance.js';
import { shapeGender } from './patient.js';

export function shapeContactPerson(person: RelatedPerson, context: ProfileContext): Conformance {
  person.identifier = shapeIdentifiers(person.identifier, context.tables, context.report);
  if (person.identifier === undefined) delete person.identifier;
  shapeNames(person.name, context.report);
  shapeContactPoints(person.telecom);
  shapeAddresses(person.address, context.tables);
  shapeGender(person, context);
  return conformsTo('nl-core-ContactPerson');
}
