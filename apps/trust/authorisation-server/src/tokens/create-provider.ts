import { scopes, type AuthorisationServerSecrets, type RegisteredClient } from '@samenhang/identity';
import {
  errors,
  Provider,
  type AdapterFactory,
  type ClientMetadata,
  type Configuration,
  type ResourceServer,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import {
  citizenGrant,
  citizenParameters,
  visitGrant,
  visitParameters,
  type CitizenClaims,
  type CitizenGrant,
  type CitizenParameters,
} from '../citizen/citizen-grant.js';
import type { Visit } from '../citizen/citizen-sessions.js';
import { CurrentSigningKey, type SigningKeys } from '../keys/signing-keys.js';
import { toCertificateName, type CertificateClients } from './certificate-clients.js';
import { findAssertionFault } from './client-assertion-rules.js';
import {
  assertionGrant,
  assertionParameters,
  presentationGrant,
  presentationParameters,
  type WalletGrants,
  type WalletParameters,
} from '../wallets/wallet-grants.js';
import { additionalClaimsOf, issueToken } from './issue-token.js';
import { delegationParameters, type DelegationCheck, type DelegationParameters } from './token-claims.js';
import {
  accessTokenType,
  exchangeParameters,
  tokenExchangeGrant,
  type ExchangeParameters,
  type SubjectToken,
} from './token-exchange.js';

export const TOKEN_LIFETIME_SECONDS = 300;
const SCOPE = scopes.join(' ');
const clientAuthMethods: NonNullable<Configuration['clientAuthMethods']> = [
  'private_key_jwt',
  'tls_client_auth',
];
/** Wallets have none that the library knows: their presentation is looked at by the grant. */
const walletAuthMethod = 'none';

export interface ProviderOptions {
  readonly issuer: string;
  readonly secrets: AuthorisationServerSecrets;
  readonly signingKeys: SigningKeys;
  readonly certificates: CertificateClients;
  readonly adapter: AdapterFactory;
  readonly delegation: DelegationCheck;
  readonly subjectToken: SubjectToken;
  readonly citizens: CitizenGrant;
  readonly wallets: WalletGrants;
}

/** The OAuth 2 authorisation server. What citizens see of it is served beside it (`citizen/`). */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, configurationOf(options));
  // Koa would print errors to the console; they are logged through the `server_error` event.
  provider.silent = true;
  const common = ['scope', 'resource'];
  provider.registerGrantType<DelegationParameters>(
    'client_credentials',
    (ctx) =>
      issueToken(provider, ctx, async () => ({
        ...(await options.delegation.claimsOf(ctx.oidc.client.clientId, ctx.oidc.params)),
      })),
    [...common, ...delegationParameters],
  );
  provider.registerGrantType<CitizenParameters>(
    citizenGrant,
    (ctx) =>
      issueForCitizen(provider, ctx, options.citizens, () =>
        options.citizens.redeemCode(ctx.oidc.client.clientId, ctx.oidc.params),
      ),
    [...common, ...citizenParameters],
  );
  provider.registerGrantType<CitizenParameters>(
    visitGrant,
    (ctx) =>
      issueForCitizen(provider, ctx, options.citizens, () =>
        options.citizens.goOn(ctx.oidc.client.clientId, ctx.oidc.params),
      ),
    [...common, ...visitParameters],
  );
  provider.registerGrantType<WalletParameters>(
    presentationGrant,
    (ctx) =>
      issueToken(provider, ctx, async () => ({
        ...(await options.wallets.claimsForPresentation(ctx.oidc.client.clientId, ctx.oidc.params)),
      })),
    [...common, ...delegationParameters, ...presentationParameters],
  );
  provider.registerGrantType<WalletParameters>(
    assertionGrant,
    (ctx) =>
      issueToken(provider, ctx, async () => ({
        ...(await options.wallets.claimsForAssertions(ctx.oidc.client.clientId, ctx.oidc.params)),
      })),
    [...common, ...delegationParameters, ...assertionParameters],
  );
  provider.registerGrantType<ExchangeParameters>(
    tokenExchangeGrant,
    (ctx) =>
      issueToken(
        provider,
        ctx,
        () => options.subjectToken.claimsFor(ctx.oidc.client.clientId, ctx.oidc.params),
        accessTokenType,
      ),
    [...common, ...exchangeParameters],
  );
  return provider;
}

/** With a refresh token for what else the citizen gave leave for. */
async function issueForCitizen(
  provider: Provider,
  ctx: TokenEndpointGrantContext,
  citizens: CitizenGrant,
  claims: () => Promise<CitizenClaims>,
): Promise<void> {
  const visits: Visit[] = [];
  await issueToken(provider, ctx, async () => {
    const found = await claims();
    visits.push(found.visit);
    return found.claims;
  });
  for (const visit of visits)
    ctx.body = { ...(ctx.body as object), refresh_token: await citizens.keep(visit) };
}

function configurationOf({
  issuer,
  secrets,
  signingKeys,
  certificates,
  adapter,
}: ProviderOptions): Configuration {
  return {
    adapter,
    clients: secrets.clients.map(toMetadata),
    jwks: { keys: [new CurrentSigningKey(signingKeys)] },
    cookies: { keys: [...secrets.cookieKeys] },
    scopes: [...scopes],
    responseTypes: ['code'],
    // Served by the house itself; here for the metadata.
    routes: { authorization: '/citizen/authorize' },
    discovery: {
      presentation_definition_endpoint: `${issuer}/presentation_definition`,
      introspection_endpoint: `${issuer}/introspect`,
      introspection_endpoint_auth_methods_supported: clientAuthMethods,
      revocation_endpoint: `${issuer}/revoke`,
      revocation_endpoint_auth_methods_supported: clientAuthMethods,
    },
    clientAuthMethods: [...clientAuthMethods, walletAuthMethod],
    assertJwtClientAuthClaimsAndHeader: (ctx, claims) => {
      const fault = findAssertionFault(claims, certificates.thumbprint(ctx.req));
      if (fault !== undefined)
        throw new errors.InvalidClientAuth(`the client assertion is not accepted: ${fault}`);
    },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'EdDSA'],
      dPoPSigningAlgValues: ['ES256', 'EdDSA'],
      idTokenSigningAlgValues: ['ES256'],
    },
    clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: [], grant_types: [] },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      // Keys change while the server runs; the library would keep those of its start.
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      dPoP: { enabled: true },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        tlsClientAuth: true,
        getCertificate: (ctx) => certificates.find(ctx.req),
        certificateAuthorized: (ctx) => certificates.isTrusted(ctx.req),
        certificateSubjectMatches: (ctx, _property, expected) => certificates.isNamed(ctx.req, expected),
      },
      resourceIndicators: { enabled: true, getResourceServerInfo },
    },
    formats: {
      customizers: {
        jwt: (_ctx, token, parts) => {
          Object.assign(parts.payload, additionalClaimsOf(token));
        },
      },
    },
    ttl: { ClientCredentials: TOKEN_LIFETIME_SECONDS },
  };
}

/**
 * Any service may be an audience, also of other operators: a token is of use only at the address it names, and its
 * scopes and organisation were checked. The address is taken literally, so that no two spellings mean one audience.
 */
function getResourceServerInfo(_ctx: unknown, resource: string): ResourceServer {
  const url = URL.parse(resource);
  const acceptable =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.search === '' && url.username === '';
  if (!acceptable) throw new errors.InvalidTarget('resource must be the base URL of a service');
  return {
    audience: resource,
    scope: SCOPE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: TOKEN_LIFETIME_SECONDS,
    jwt: { sign: { alg: 'ES256' } },
  };
}

function toMetadata(client: RegisteredClient): ClientMetadata {
  if (client.did !== undefined) return toWalletMetadata(client);
  const key = client.jwks.keys[0];
  const redirectUris = client.redirectUris ?? [];
  const isForCitizens = redirectUris.length > 0;
  return {
    client_id: client.client_id,
    client_name: client.title,
    jwks: { keys: client.jwks.keys.map((jwk) => ({ ...jwk })) } as NonNullable<ClientMetadata['jwks']>,
    ...(client.certificateUra === undefined
      ? {
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: key?.kty === 'OKP' ? 'EdDSA' : 'ES256',
        }
      : {
          token_endpoint_auth_method: 'tls_client_auth',
          tls_client_auth_san_uri: toCertificateName(client.certificateUra),
        }),
    dpop_bound_access_tokens: client.certificateBound !== true,
    tls_client_certificate_bound_access_tokens: client.certificateBound === true,
    grant_types: [
      'client_credentials',
      tokenExchangeGrant,
      ...(isForCitizens ? [citizenGrant, visitGrant] : []),
    ],
    response_types: isForCitizens ? ['code'] : [],
    redirect_uris: [...redirectUris],
    scope: client.scopes.join(' '),
  };
}

/** A client known by its wallet alone gets tokens by no other grant. */
function toWalletMetadata({ client_id: clientId, title, scopes: granted }: RegisteredClient): ClientMetadata {
  return {
    client_id: clientId,
    client_name: title,
    token_endpoint_auth_method: walletAuthMethod,
    dpop_bound_access_tokens: true,
    grant_types: [presentationGrant, assertionGrant],
    response_types: [],
    redirect_uris: [],
    scope: granted.join(' '),
  };
}
