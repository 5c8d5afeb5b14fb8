import { addNote, mergeNotes } from '../datatypes/annotations.js';
import {
  codeSpecification,
  concept,
  conceptInFull,
  hasCodeSpecification,
  hasCoding,
  satisfies,
} from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { AllergyIntolerance, AllergyReaction } from '../fhir-types.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';

export function shapeAllergyIntolerance(allergy: AllergyIntolerance, context: ProfileContext): Conformance {
  for (const [index, reaction] of (allergy.reaction ?? []).entries()) shapeReaction(reaction, index, context);
  mergeNotes(allergy);
  checkStatus(allergy, context);
  addCategoryCode(allergy, context);
  if (!satisfies(allergy.code, 'VeroorzakendeStof', context.tables)) {
    return staysBase(
      'unmapped-code',
      'unmapped-allergen-code',
      'The causative agent has no code of a system that VeroorzakendeStofCodelijsten names',
      allergy.code,
    );
  }
  if ((allergy.category?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'unmapped-allergy-category',
      'The allergy has several categories, the profile has room for one',
    );
  }
  return conformsTo('nl-core-AllergyIntolerance');
}

function addCategoryCode(allergy: AllergyIntolerance, context: ProfileContext): void {
  const code = context.tables.find('allergyCategory', allergy.category?.[0]);
  if (code === undefined || allergy.category?.length !== 1 || hasCodeSpecification(allergy._category?.[0]))
    return;
  allergy._category = [{ ...allergy._category?.[0], ...codeSpecification(codeSystems.snomed, code) }];
}

/**
 * ait-1 and ait-2 of FHIR R4. An allergy that a source lists without a status is taken to hold: the safe reading. One that
 * was refuted does not.
 */
function checkStatus(allergy: AllergyIntolerance, context: ProfileContext): void {
  const verification = allergy.verificationStatus;
  if (hasCoding(verification, codeSystems.allergyVerification, 'entered-in-error')) {
    delete allergy.clinicalStatus;
    return;
  }
  if (allergy.clinicalStatus !== undefined) return;
  if (hasCoding(verification, codeSystems.allergyVerification, 'refuted')) {
    allergy.clinicalStatus = concept(codeSystems.allergyClinical, 'inactive');
    context.report(
      'information',
      'derived-clinical-status',
      'The allergy was refuted and has no clinical status: it is inactive',
      'clinicalStatus',
    );
    return;
  }
  allergy.clinicalStatus = concept(codeSystems.allergyClinical, 'active');
  context.report(
    'information',
    'assumed-active',
    'The allergy has no clinical status and is taken as active',
    'clinicalStatus',
  );
}

function shapeReaction(reaction: AllergyReaction, index: number, context: ProfileContext): void {
  if (reaction.substance !== undefined && !satisfies(reaction.substance, 'SpecifiekeStof', context.tables)) {
    addNote(reaction, `Substance: ${conceptInFull(reaction.substance)}`);
    context.countUnmapped(reaction.substance);
    delete reaction.substance;
    context.report(
      'warning',
      'unmapped-substance-code',
      'The substance of a reaction has no fitting code and is kept in the note',
      `reaction[${index}].substance`,
    );
  }
  if (
    reaction.exposureRoute !== undefined &&
    !satisfies(reaction.exposureRoute, 'SnomedCt', context.tables)
  ) {
    addNote(reaction, `Exposure route: ${conceptInFull(reaction.exposureRoute)}`);
    context.countUnmapped(reaction.exposureRoute);
    delete reaction.exposureRoute;
    context.report(
      'warning',
      'unmapped-exposure-route',
      'The exposure route has no SNOMED CT code and is kept in the note',
      `reaction[${index}].exposureRoute`,
    );
  }
}
