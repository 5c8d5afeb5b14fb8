import type { AuthorisationInput, Decision, DecisionPoint } from '@samenhang/authorisation';
import type { DataCategory } from '@samenhang/data-model';
import type { VerifiedIdentity } from '@samenhang/identity';

/** A decision point that may say which set of its policies is in force. */
export type VersionedDecisionPoint = DecisionPoint & { readonly version?: number };

interface Remembered {
  readonly policies: number | undefined;
  readonly decisions: Map<string, Decision>;
}

/**
 * What policies say of a token, a holder and a category is the same as long as token and policies are. Only for policies that
 * look at no clock.
 */
export class RememberedDecisions {
  readonly #byToken = new WeakMap<VerifiedIdentity, Remembered>();

  constructor(private readonly point: VersionedDecisionPoint) {}

  decideCategories(
    identity: VerifiedIdentity,
    input: AuthorisationInput,
    categories: readonly DataCategory[],
  ): ReadonlyMap<DataCategory, Decision> {
    const { decisions } = this.#of(identity);
    const asked = JSON.stringify([input.policy, input.request, input.context]);
    const isNew = categories.filter((category) => !decisions.has(`${category} ${asked}`));
    for (const [category, decision] of this.point.decideCategories(input, isNew))
      decisions.set(`${category} ${asked}`, decision);
    return new Map(
      categories.flatMap((category) => {
        const decision = decisions.get(`${category} ${asked}`);
        return decision === undefined ? [] : [[category, decision]];
      }),
    );
  }

  #of(identity: VerifiedIdentity): Remembered {
    const known = this.#byToken.get(identity);
    const policies = this.point.version;
    if (known !== undefined && known.policies === policies) return known;
    const fresh = { policies, decisions: new Map<string, Decision>() };
    this.#byToken.set(identity, fresh);
    return fresh;
  }
}
