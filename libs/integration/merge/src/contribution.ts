import type { FhirResource, Ura } from '@samenhang/data-model';

/** One resource as one source delivered it. The merge never changes `resource`. */
export interface SourcedResource {
  readonly custodian: Ura;
  /** The system that delivered it: `meta.source` or the address of the holder's endpoint. */
  readonly source: string;
  /** Absolute address of the resource at its holder. */
  readonly fullUrl: string;
  readonly resource: FhirResource;
}

/** Why facts that look like one are shown apart, or need attention together. */
export interface Conflict {
  /** `state`: records of one fact contradict each other; `negation`: one source denies what another states;
   * `identity`: the same BSN, yet birth date and name both differ; `retracted`: withdrawn at one source, still stated at another. */
  readonly kind: 'state' | 'negation' | 'identity' | 'retracted';
  readonly elements: readonly string[];
  /** `key` of the other groups concerned. */
  readonly with: readonly string[];
}

/** One fact: every record of it, and the one that is shown. */
export interface FactGroup {
  /** Stable name of the group: address and custodian of its representative. */
  readonly key: string;
  /** One of the members, unchanged. */
  readonly representative: SourcedResource;
  readonly members: readonly SourcedResource[];
  /** Some record of this very object was entered in error. */
  readonly retracted: boolean;
  readonly conflicts: readonly Conflict[];
  /** Elements that the members fill in differently without contradicting each other. */
  readonly differences: readonly string[];
}

export function keyOf(item: SourcedResource): string {
  return `${item.custodian} ${item.fullUrl}`;
}
