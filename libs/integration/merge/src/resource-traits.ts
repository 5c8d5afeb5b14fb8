import type { FhirResource } from '@samenhang/data-model';
import { canonical } from './canonical.js';
import { codesOf, elementOf, isPresent } from './elements.js';
import { ruleFor } from './rules.js';
import { factContentOf } from './same-fact.js';
import { identityNamesOf } from './same-object.js';

/** Who wrote it down, where and how: not the clinical content. */
const administrative = new Set(
  'resourceType id meta implicitRules language text contained identifier subject patient encounter context recorder asserter performer requester informationSource serviceProvider participant recordedDate dateAsserted issued basedOn partOf'.split(
    ' ',
  ),
);

/** What comparisons need of one resource, worked out once however many others it is compared with. */
export class ResourceTraits {
  /** Two records that have one of these in common are one object. */
  readonly identityNames: readonly string[];
  /** Two records that have it in common, and the code, are one fact. */
  readonly factContent: string | undefined;
  readonly isEnteredInError: boolean;
  readonly #canonical = new Map<string, string>();
  #clinical: readonly string[] | undefined;

  constructor(private readonly resource: FhirResource) {
    const rule = ruleFor(resource.resourceType);
    this.identityNames = identityNamesOf(resource, rule);
    this.factContent = rule.exact === undefined ? undefined : factContentOf(resource, rule.exact);
    this.isEnteredInError = isEnteredInError(resource);
  }

  /** Names of the elements that carry clinical content in this resource. */
  get clinicalElements(): readonly string[] {
    return (this.#clinical ??= Object.keys(this.resource).filter(
      (name) => !administrative.has(name) && !name.startsWith('_') && isPresent(this.resource[name]),
    ));
  }

  /** Canonical text of an element; of `name[x]` whichever type was chosen. */
  canonicalOf(name: string): string {
    const known = this.#canonical.get(name);
    if (known !== undefined) return known;
    const text = canonical(elementOf(this.resource, name));
    this.#canonical.set(name, text);
    return text;
  }
}

/** FHIR R4: `status` of most resources, `verificationStatus` of Condition and AllergyIntolerance. */
function isEnteredInError({ status, verificationStatus }: FhirResource): boolean {
  return [status, verificationStatus].some((one) => codesOf(one).includes('entered-in-error'));
}
