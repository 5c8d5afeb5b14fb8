import { addNote } from '../datatypes/annotations.js';
import { conceptInFull, satisfies } from '../datatypes/concepts.js';
import type { Annotation, CodeableConcept } from '../fhir-types.js';
import type { ProfileContext } from './conformance.js';

interface WithBodySites {
  bodySite?: CodeableConcept[];
  note?: Annotation[];
}

/** The zibs have one body site with a SNOMED CT or ICD-O code; what is more or other is kept in words. */
export function shapeBodySites(target: WithBodySites, context: ProfileContext): void {
  const sites = target.bodySite ?? [];
  if (sites.length === 0) return;
  const kept = sites.findIndex((site) => satisfies(site, 'Locatie', context.tables));
  for (const [index, site] of sites.entries()) {
    if (index === kept) continue;
    addNote(target, `Body site: ${conceptInFull(site)}`);
    context.countUnmapped(site);
    context.report(
      'warning',
      'unmapped-body-site',
      'A body site has no place as a code and is kept in the note',
      `bodySite[${index}]`,
    );
  }
  const site = sites[kept];
  if (site === undefined) delete target.bodySite;
  else target.bodySite = [site];
}
