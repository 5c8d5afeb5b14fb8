import type { DataCategory } from '@samenhang/data-model';
import type { Registration } from '../registrations/registration.js';
import type { OpenedPseudonym } from '../tokens/pseudonym-opener.js';

/** The cross-provider question about one person, once its token is opened. */
export interface Lookup {
  readonly pseudonym: OpenedPseudonym;
  readonly categories: readonly DataCategory[] | undefined;
  /** Care-provider type of who asks: what a restriction may be about. */
  readonly requesterType: string;
}

export interface FoundRegistration extends Registration {
  readonly pseudonymHash: Buffer;
  /** The patient does not want this requester to learn of it. */
  readonly restricted: boolean;
}

/** Undefined when the token was used before. */
export type LookupResult = readonly FoundRegistration[] | undefined;
