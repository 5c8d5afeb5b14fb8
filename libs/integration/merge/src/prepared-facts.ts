import type { FhirResource } from '@samenhang/data-model';
import { ResourceTraits } from './resource-traits.js';

/**
 * What is known of the resources of one merge. It may be filled as sources answer, so that of those that answered nothing
 * but the comparing is left when the last one does.
 */
export class PreparedFacts {
  readonly #traits = new Map<FhirResource, ResourceTraits>();

  take(resource: FhirResource): void {
    this.of(resource);
  }

  of(resource: FhirResource): ResourceTraits {
    const known = this.#traits.get(resource);
    if (known !== undefined) return known;
    const traits = new ResourceTraits(resource);
    this.#traits.set(resource, traits);
    return traits;
  }
}
