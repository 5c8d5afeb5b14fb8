import { RequireScopes } from '@samenhang/identity';

type KnownScopes = Parameters<typeof RequireScopes>;

/** `prs:admin`: the operator of this service. `prs:register`: a recipient, for its own encryption key. */
export function RequireAdministrationScope(
  scope: 'prs:admin' | 'prs:register',
): ReturnType<typeof RequireScopes> {
  // No client of a node holds these, so the platform's list of scopes does not name them.
  return RequireScopes(...([scope] as unknown as KnownScopes));
}
