import { createLocalJWKSet, decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import type { IncomingMessage } from 'node:http';
import type { RegisteredClient } from '@samenhang/identity';
import { toCertificateName, type CertificateClients } from '../tokens/certificate-clients.js';
import { findAssertionFault } from '../tokens/client-assertion-rules.js';
import type { ClientDirectory } from '../tokens/client-directory.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const CLOCK_TOLERANCE_SECONDS = 5;

export interface ClientAuthenticationParts {
  readonly issuer: string;
  readonly clients: ClientDirectory;
  readonly certificates: CertificateClients;
  /** False when the assertion was used before, here or at the token endpoint, at whichever instance. */
  readonly isFirstUse: (issuer: string, id: string, expiresAt: number) => Promise<boolean>;
}

/**
 * Clients at the endpoints beside the token endpoint: `private_key_jwt` (RFC 7523) and `tls_client_auth` (RFC 8705) by the
 * rules that hold there, since the library authenticates clients for its own endpoints only.
 */
export class ClientAuthentication {
  constructor(private readonly parts: ClientAuthenticationParts) {}

  /** @returns undefined when it is not proven which client asks */
  async findClient(
    form: Readonly<Record<string, unknown>>,
    endpoint: string,
    request: IncomingMessage,
  ): Promise<RegisteredClient | undefined> {
    const { client_assertion: assertion, client_assertion_type: type, client_id: clientId } = form;
    if (assertion === undefined) return this.#findByCertificate(clientId, request);
    if (type !== ASSERTION_TYPE || typeof assertion !== 'string') return undefined;
    const client = this.parts.clients.find(readSubject(assertion) ?? '');
    if (client === undefined || client.certificateUra !== undefined || client.did !== undefined)
      return undefined;
    if (clientId !== undefined && clientId !== client.client_id) return undefined;
    const claims = await this.#verify(assertion, client, endpoint);
    if (
      claims === undefined ||
      findAssertionFault(claims, this.parts.certificates.thumbprint(request)) !== undefined
    )
      return undefined;
    const { jti = '', exp = 0 } = claims;
    const expiresAt = exp + CLOCK_TOLERANCE_SECONDS;
    return (await this.parts.isFirstUse(client.client_id, jti, expiresAt)) ? client : undefined;
  }

  #findByCertificate(clientId: unknown, request: IncomingMessage): RegisteredClient | undefined {
    const { clients, certificates } = this.parts;
    const client = typeof clientId === 'string' ? clients.find(clientId) : undefined;
    if (client?.certificateUra === undefined || !certificates.isTrusted(request)) return undefined;
    return certificates.isNamed(request, toCertificateName(client.certificateUra)) ? client : undefined;
  }

  async #verify(
    assertion: string,
    client: RegisteredClient,
    endpoint: string,
  ): Promise<JWTPayload | undefined> {
    const { issuer } = this.parts;
    const keys = createLocalJWKSet({ keys: client.jwks.keys.map((key) => ({ ...key })) });
    try {
      const { payload } = await jwtVerify(assertion, keys, {
        issuer: client.client_id,
        subject: client.client_id,
        audience: [issuer, `${issuer}/token`, `${issuer}/${endpoint}`],
        algorithms: ['ES256', 'EdDSA'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ['jti', 'iat', 'exp'],
      });
      return payload;
    } catch {
      return undefined;
    }
  }
}

function readSubject(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).sub;
  } catch {
    return undefined;
  }
}
