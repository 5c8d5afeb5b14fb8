import { addNote, mergeNotes } from '../datatypes/annotations.js';
import { conceptInFull, satisfies } from '../datatypes/concepts.js';
import type { CodeableConcept, Specimen } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeSpecimen(specimen: Specimen, context: ProfileContext): Conformance {
  const { collection } = specimen;
  if (
    collection?.method !== undefined &&
    isUnmapped(specimen, collection.method, 'Collection method', context)
  )
    delete collection.method;
  if (collection?.bodySite !== undefined && isUnmapped(specimen, collection.bodySite, 'Body site', context))
    delete collection.bodySite;
  if (collection !== undefined && Object.keys(collection).length === 0) delete specimen.collection;
  mergeNotes(specimen);
  if (specimen.type !== undefined && !satisfies(specimen.type, 'SnomedCt', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-specimen-type',
      'The specimen type has no SNOMED CT code',
      specimen.type,
    );
  }
  return conformsTo('nl-core-LaboratoryTestResult.Specimen');
}

function isUnmapped(
  specimen: Specimen,
  value: CodeableConcept,
  title: string,
  context: ProfileContext,
): boolean {
  if (satisfies(value, 'SnomedCt', context.tables)) return false;
  addNote(specimen, `${title}: ${conceptInFull(value)}`);
  context.countUnmapped(value);
  context.report(
    'warning',
    'unmapped-collection-code',
    `${title} has no SNOMED CT code and is kept in the note`,
    'collection',
  );
  return true;
}
