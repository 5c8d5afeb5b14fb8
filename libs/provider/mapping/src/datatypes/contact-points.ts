import { codeSystems } from '../fhir-systems.js';
import type { ContactPoint } from '../fhir-types.js';
import { codeSpecification, hasCodeSpecification } from './concepts.js';

/**
 * Telephone numbers and e-mail addresses as the profiles have them: a mobile telephone is said in the zib's code on
 * `system`, not in `use`. A number without a kind (cpt-2) is of the kind `other`.
 */
export function shapeContactPoints(points: ContactPoint[] | undefined): void {
  for (const point of points ?? []) {
    if (point.value !== undefined && point.system === undefined && point._system === undefined) {
      point.system = point.value.includes('@') ? 'email' : 'other';
    }
    if (point.use !== 'mobile') continue;
    delete point.use;
    if (point.system !== 'phone' || hasCodeSpecification(point._system)) continue;
    point._system = codeSpecification(codeSystems.addressUse, 'MC');
  }
}
