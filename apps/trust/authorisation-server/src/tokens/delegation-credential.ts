import type { RegisteredClient } from '@samenhang/identity';
import { createLocalJWKSet, decodeJwt, jwtVerify, type JWTPayload } from 'jose';
import type { ClientDirectory } from './client-directory.js';

/** A verified mandate: for whom its bearer may act, at one care provider. */
export interface Delegation {
  readonly delegateId: string;
  readonly professionalId: string;
  readonly roleCode: string;
}

/** A mandate that cannot be accepted. Says which rule failed, never whom it is about. */
export class DelegationError extends Error {
  constructor(rule: string, options?: ErrorOptions) {
    super(`the delegation is not accepted: ${rule}`, options);
    this.name = 'DelegationError';
  }
}

const TYPE = 'HealthcareProfessionalDelegationCredential';
const CLOCK_TOLERANCE_SECONDS = 5;
const PROFESSIONAL_ID = /^\d{9}$/;
const ROLE_CODE = /^\d{2}\.\d{3}$/;

/**
 * Verifies a HealthcareProfessionalDelegationCredential (VC Data Model 1.1 as a JWT), issued by the care provider: signed
 * with the key of a client that may act for it, for this organisation, and in its period.
 */
export class DelegationVerifier {
  constructor(private readonly clients: ClientDirectory) {}

  /** @throws DelegationError */
  async verify(credential: string, organisation: string): Promise<Delegation> {
    const claims = await verifySignature(credential, this.#issuerOf(credential, organisation));
    return readSubject(claims, organisation);
  }

  #issuerOf(credential: string, organisation: string): RegisteredClient {
    const issuer = readIssuer(credential);
    const client = this.clients.find(issuer);
    if (client === undefined || !this.clients.mayActFor(issuer, organisation))
      throw new DelegationError('its issuer does not act for the organisation');
    return client;
  }
}

function readIssuer(credential: string): string {
  try {
    const { iss } = decodeJwt(credential);
    if (typeof iss === 'string') return iss;
  } catch (cause) {
    throw new DelegationError('it is no JWT', { cause });
  }
  throw new DelegationError('iss is absent');
}

async function verifySignature(credential: string, issuer: RegisteredClient): Promise<JWTPayload> {
  const keys = createLocalJWKSet({ keys: issuer.jwks.keys.map((key) => ({ ...key })) });
  try {
    const { payload } = await jwtVerify(credential, keys, {
      issuer: issuer.client_id,
      algorithms: ['ES256', 'EdDSA'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['iss', 'nbf', 'exp', 'jti', 'vc'],
    });
    return payload;
  } catch (cause) {
    throw new DelegationError('signature or period does not hold', { cause });
  }
}

function readSubject({ vc }: JWTPayload, organisation: string): Delegation {
  const { type, credentialSubject } = (vc ?? {}) as { type?: unknown; credentialSubject?: unknown };
  if (!Array.isArray(type) || !type.includes(TYPE)) throw new DelegationError(`it is no ${TYPE}`);
  const subject = (credentialSubject ?? {}) as Readonly<Record<string, unknown>>;
  if (subject['organization'] !== organisation)
    throw new DelegationError('it is for another organisation than organization_id');
  return {
    delegateId: text(subject, 'delegate', PROFESSIONAL_ID),
    professionalId: text(subject, 'delegatedBy', PROFESSIONAL_ID),
    roleCode: text(subject, 'roleCode', ROLE_CODE),
  };
}

function text(subject: Readonly<Record<string, unknown>>, name: string, pattern: RegExp): string {
  const value = subject[name];
  if (typeof value !== 'string' || !pattern.test(value))
    throw new DelegationError(`${name} is absent or malformed`);
  return value;
}
