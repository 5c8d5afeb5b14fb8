import { mergeNotes } from '../datatypes/annotations.js';
import { satisfies } from '../datatypes/concepts.js';
import { codeSystems } from '../fhir-systems.js';
import type { ImmunizationRecommendation, NutritionOrder, ServiceRequest } from '../fhir-types.js';
import { shapeBodySites } from './body-site.js';
import { conformsTo, staysBase, type Conformance, type ProfileContext } from './conformance.js';
import { addVaccineProduct } from './vaccination.js';

/** A procedure that is asked for; a laboratory order is none. */
export function shapeServiceRequest(request: ServiceRequest, context: ProfileContext): Conformance {
  shapeBodySites(request, context);
  if (request.code !== undefined && !satisfies(request.code, 'VerrichtingType', context.tables)) {
    const isLaboratory = request.code.coding?.some(({ system }) => system === codeSystems.loinc) === true;
    return isLaboratory
      ? staysBase(
          'no-zib',
          'no-zib',
          'An order for an observation is no procedure of the zib and stays base R4',
        )
      : staysBase(
          'unmapped-code',
          'unmapped-procedure-code',
          'The procedure has no code of a system that VerrichtingTypeCodelijsten names',
          request.code,
        );
  }
  if (((request['locationReference'] as unknown[] | undefined) ?? []).length > 1) {
    return staysBase(
      'out-of-range',
      'several-locations',
      'The request has several locations, the profile has room for one',
    );
  }
  return conformsTo('nl-core-Procedure-request');
}

export function shapeImmunizationRecommendation(
  plan: ImmunizationRecommendation,
  context: ProfileContext,
): Conformance {
  const [recommendation, ...others] = plan.recommendation;
  const vaccines = recommendation?.vaccineCode ?? [];
  if (others.length > 0 || vaccines.length > 1 || (recommendation?.dateCriterion?.length ?? 0) > 1) {
    return staysBase(
      'out-of-range',
      'several-recommendations',
      'The profile has room for one vaccination on one date, the plan has several',
    );
  }
  for (const vaccine of vaccines) addVaccineProduct(vaccine, context.tables);
  if (!vaccines.every((vaccine) => satisfies(vaccine, 'VaccinProduct', context.tables))) {
    return staysBase(
      'unmapped-code',
      'unmapped-vaccine-code',
      'The vaccine has no product code that the profile knows and none in the CVX table',
    );
  }
  return conformsTo('nl-core-Vaccination-request');
}

export function shapeNutritionOrder(order: NutritionOrder): Conformance {
  mergeNotes(order);
  const named = [
    ...(order.oralDiet?.texture ?? []).map(({ modifier }) => modifier),
    ...(order.oralDiet?.fluidConsistencyType ?? []),
  ];
  const isNamed = named.every((one) => one?.coding?.every(({ display }) => display !== undefined) !== false);
  return isNamed
    ? conformsTo('nl-core-NutritionAdvice')
    : staysBase('incomplete', 'unnamed-diet', 'A consistency of the diet has a code without its name');
}
