import { addNote } from '../datatypes/annotations.js';
import { conceptText } from '@samenhang/fhir-r4';
import { conceptInFull, findCoding, satisfies, withOther } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { Annotation, Dosage } from '../fhir-types.js';
import type { ProfileContext } from './conformance.js';

interface WithNote {
  note?: Annotation[];
}

/**
 * Dosage in the shape of mp-InstructionsForUse. Where the code list has a way out (NullFlavor OTH) the original coding
 * stays beside it; the route has none, and is kept in words.
 */
export function shapeDosages(
  dosages: Dosage[] | undefined,
  element: string,
  owner: WithNote,
  context: ProfileContext,
): Dosage[] | undefined {
  for (const [index, dosage] of (dosages ?? []).entries()) {
    for (const instruction of dosage.additionalInstruction ?? []) {
      if (!satisfies(instruction, 'Gebruiksinstructie', context.tables)) withOther(instruction);
    }
    const asNeeded = dosage.asNeededCodeableConcept;
    if (asNeeded !== undefined && !satisfies(asNeeded, 'Gebruiksinstructie', context.tables))
      withOther(asNeeded);
    shapeRoute(dosage, `${element}[${index}].route`, owner, context);
  }
  const kept = dosages?.filter((dosage) => Object.keys(dosage).length > 0);
  return kept === undefined || kept.length === 0 ? undefined : kept;
}

function shapeRoute(dosage: Dosage, element: string, owner: WithNote, context: ProfileContext): void {
  const { route } = dosage;
  if (route === undefined || satisfies(route, 'Toedieningsweg', context.tables)) return;
  context.countUnmapped(route);
  delete dosage.route;
  if (
    dosage.text === undefined &&
    findCoding(route, codeSystems.snomed) === undefined &&
    route.coding === undefined
  ) {
    dosage.text = conceptText(route);
  } else addNote(owner, `Route: ${conceptInFull(route)}`);
  context.report(
    'warning',
    'unmapped-route',
    'The route has no code of the G-Standaard and is kept in words',
    element,
  );
}
