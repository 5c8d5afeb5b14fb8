import type { DataCategory, Ura } from '@samenhang/data-model';
import type { Registration } from './registration.js';

/** One change as a caller asks it; a token stands for the person until it is opened. */
export type IndexOperation =
  | {
      readonly kind: 'create';
      readonly token: string;
      readonly custodian: Ura;
      readonly category: DataCategory;
      readonly source: string;
      /** Answers with the existing registration instead of a conflict (FHIR conditional create). */
      readonly ifNoneExist: boolean;
    }
  | { readonly kind: 'delete-by-id'; readonly id: string }
  | { readonly kind: 'delete'; readonly filter: DeleteFilter };

/** At least a person or a source: whatever is wider is not a deletion but the wiping of an organisation. */
export type DeleteFilter = (
  | { readonly token: string; readonly source?: string }
  | { readonly token?: undefined; readonly source: string }
) & { readonly categories?: readonly DataCategory[] };

export interface CreateResult {
  readonly kind: 'created' | 'existing';
  readonly registration: Registration;
}

export type OperationResult = CreateResult | { readonly kind: 'deleted'; readonly count: number };
