import { errors, type default as Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  checkMtlsCert,
  resolveRequestedResources,
  validateClientScope,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
import type { Scope } from '@samenhang/identity';
import { isSmartScope, withoutSmartScopes } from './smart-scope.js';

/** Without it beside them, SMART scopes give nothing. */
const NARROWED: Scope = 'view:read';

/** Claims to add to a token, by the token object the provider is about to sign. */
const additionalClaims = new WeakMap<object, Readonly<Record<string, unknown>>>();

export function additionalClaimsOf(token: object): Readonly<Record<string, unknown>> | undefined {
  return additionalClaims.get(token);
}

/**
 * Issues one access token: for one resource, for scopes that both client and resource know, bound to the DPoP key.
 * `claims` is called only after client, proof, resource and scope were found in order.
 */
export async function issueToken(
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  claims: () => Promise<Readonly<Record<string, unknown>>>,
  issuedTokenType?: string,
): Promise<void> {
  const { client } = ctx.oidc;
  const proof = await validateDpop(provider, ctx);
  checkDpopRequired(provider, ctx, proof);
  const certificate = checkMtlsCert(provider, ctx);
  if (proof === undefined && certificate === undefined)
    throw new errors.InvalidGrant('a DPoP proof is required');
  const resources = await resolveRequestedResources(provider, ctx);
  const [resource] = resources;
  if (resource === undefined || resources.length !== 1)
    throw new errors.InvalidTarget('exactly one resource is required');
  const requested = ctx.oidc.requestParamScopes;
  validateClientScope(provider, ctx, withoutSmartScopes(requested));
  const scope = grantedScope(requested, resource.scope);
  if (proof !== undefined) await checkDpopReplay(provider, ctx, proof, client.clientId);

  const token = new provider.ClientCredentials({ client, scope });
  token.resourceServer = resource;
  // One of both: whoever is registered for a certificate needs no key beside it.
  if (certificate !== undefined) token.setThumbprint('x5t', certificate);
  else if (proof !== undefined) token.setThumbprint('jkt', proof.thumbprint);
  additionalClaims.set(token, await claims());
  ctx.oidc.entity('ClientCredentials', token);
  const accessToken = await token.save();
  ctx.body = buildTokenResponse(provider, {
    accessToken,
    expiresIn: token.expiration,
    scope,
    tokenType: token.tokenType,
    ...(issuedTokenType === undefined ? {} : { issuedTokenType }),
  });
}

/** A scope nobody knows is refused, not left out: a token that silently does less is found out too late. */
function grantedScope(requested: ReadonlySet<string>, known: string): string {
  const scopes = [...requested].filter((scope) => scope !== '');
  const accepted = new Set(known.split(' '));
  if (scopes.length === 0) throw new errors.InvalidScope('scope is required', '');
  const [narrowing] = scopes.filter(isSmartScope);
  if (narrowing !== undefined && !scopes.includes(NARROWED))
    throw new errors.InvalidScope(`a SMART scope narrows ${NARROWED} and is asked for beside it`, narrowing);
  for (const scope of withoutSmartScopes(scopes))
    if (!accepted.has(scope)) throw new errors.InvalidScope('requested scope is unknown', scope);
  return scopes.join(' ');
}
