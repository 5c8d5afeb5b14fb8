import { addNote } from '../datatypes/annotations.js';
import { conceptInFull, satisfies } from '../datatypes/concepts.js';
import type { Procedure } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeProcedure(procedure: Procedure, context: ProfileContext): Conformance {
  shapeBodySite(procedure, context);
  if (procedure.code !== undefined && !satisfies(procedure.code, 'VerrichtingType', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-procedure-code',
      'The procedure has no code of a system that VerrichtingTypeCodelijsten names',
    );
  }
  return conformsTo('nl-core-Procedure-event');
}

function shapeBodySite(procedure: Procedure, context: ProfileContext): void {
  const sites = procedure.bodySite ?? [];
  if (sites.length === 0) return;
  const kept = sites.findIndex((site) => satisfies(site, 'Locatie', context.tables));
  for (const [index, site] of sites.entries()) {
    if (index === kept) continue;
    addNote(procedure, `Body site: ${conceptInFull(site)}`);
    context.report(
      'warning',
      'unmapped-body-site',
      'A body site has no place as a code and is kept in the note',
      `bodySite[${index}]`,
    );
  }
  const site = sites[kept];
  if (site === undefined) delete procedure.bodySite;
  else procedure.bodySite = [site];
}
