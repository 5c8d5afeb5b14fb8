import { conceptText } from '@samenhang/fhir-r4';
import type { CodeableConcept, MedicationResource } from '../fhir-types.js';
import type { ProfileContext } from './conformance.js';

/**
 * MP9 has the product as a resource of its own. A product that is only a code becomes a Medication whose id follows from
 * the code, so that all prescriptions of it at this source share it.
 */
export function referToMedication(resource: MedicationResource, context: ProfileContext): void {
  const product = resource.medicationCodeableConcept;
  if (product === undefined) return;
  const id = context.idOf('Medication', productKey(product));
  context.putCompanion({ resourceType: 'Medication', id, code: product });
  delete resource.medicationCodeableConcept;
  const display = conceptText(product);
  resource.medicationReference = {
    reference: `Medication/${id}`,
    type: 'Medication',
    ...(display === '' ? {} : { display }),
  };
}

function productKey(product: CodeableConcept): string {
  const codings = (product.coding ?? []).map(
    (coding) => `${coding.system ?? ''}|${coding.code ?? ''}|${coding.display ?? ''}`,
  );
  return `product:${codings.join(',')}:${product.text ?? ''}`;
}
