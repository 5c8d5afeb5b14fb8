import { satisfies } from '../datatypes/concepts.js';
import type { Procedure } from '../fhir-types.js';
import { shapeBodySites } from './body-site.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeProcedure(procedure: Procedure, context: ProfileContext): Conformance {
  shapeBodySites(procedure, context);
  if (procedure.code !== undefined && !satisfies(procedure.code, 'VerrichtingType', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-procedure-code',
      'The procedure has no code of a system that VerrichtingTypeCodelijsten names',
      procedure.code,
    );
  }
  return conformsTo('nl-core-Procedure-event');
}
