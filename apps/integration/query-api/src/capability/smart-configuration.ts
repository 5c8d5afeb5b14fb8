/**
 * Where and how a client gets its tokens (http://hl7.org/fhir/smart-app-launch/STU2/conformance.html). Clients are systems
 * that prove who they are with a key; there is no launch.
 */
export function smartConfiguration(authorisationServer: string): object {
  const issuer = authorisationServer.replace(/\/+$/, '');
  return {
    issuer,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'EdDSA'],
    dpop_signing_alg_values_supported: ['ES256', 'EdDSA'],
    // SMART scopes narrow `view:read`: any type, and any of its search parameters.
    scopes_supported: ['view:read', 'patient/*.rs', 'user/*.rs'],
    capabilities: ['client-confidential-asymmetric', 'permission-v2'],
  };
}
