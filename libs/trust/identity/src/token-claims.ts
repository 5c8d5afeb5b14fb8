import { findUra, type Ura } from '@samenhang/data-model';
import type { JWTPayload } from 'jose';
import { AuthenticationError } from './authentication-error.js';
import type {
  EmergencyAccess,
  VerifiedIdentity,
  VerifiedOrganisation,
  VerifiedProfessional,
} from './verified-identity.js';

/** The claims of an access token whose signature, issuer, audience and lifetime hold. */
export function toIdentity(claims: JWTPayload, accessToken: string): VerifiedIdentity {
  const organisation = toOrganisation(claims);
  const professional = toProfessional(claims, 'user_id', 'user_role');
  const delegate = toProfessional(claims, 'delegate_id', 'delegate_role');
  const emergency = toEmergency(claims);
  const patientBinding = text(claims, 'patient_binding');
  const purposeOfUse = text(claims, 'purpose_of_use');
  const treatmentRelation = text(claims, 'treatment_relation');
  const dataHolders = toDataHolders(claims);
  const actor = toActor(claims);
  return {
    // After an exchange `client_id` is who passes the authority on, and `sub` still whose authority it is (RFC 8693).
    clientId: required(claims, actor === undefined ? 'client_id' : 'sub'),
    scopes: new Set((text(claims, 'scope') ?? '').split(' ').filter((scope) => scope !== '')),
    ...(organisation === undefined ? {} : { organisation }),
    ...(professional === undefined ? {} : { professional }),
    ...(delegate === undefined ? {} : { delegate }),
    ...(purposeOfUse === undefined ? {} : { purposeOfUse }),
    ...(treatmentRelation === undefined ? {} : { treatmentRelation }),
    ...(emergency === undefined ? {} : { emergency }),
    ...(patientBinding === undefined ? {} : { patientBinding }),
    ...(dataHolders === undefined ? {} : { dataHolders }),
    ...(actor === undefined ? {} : { actor }),
    tokenId: required(claims, 'jti'),
    accessToken,
  };
}

/** What a token is bound to: a key (RFC 9449 section 6), a certificate (RFC 8705 section 3.1), or both. */
export interface Confirmation {
  readonly key?: string;
  readonly certificate?: string;
}

/** A token that is bound to nothing is a bearer token, and refused. */
export function confirmationOf(claims: JWTPayload): Confirmation {
  const { jkt: key, 'x5t#S256': certificate } = (claims['cnf'] ?? {}) as Readonly<Record<string, unknown>>;
  const isUsable = (value: unknown): boolean => value === undefined || typeof value === 'string';
  if ((key === undefined && certificate === undefined) || !isUsable(key) || !isUsable(certificate))
    throw new AuthenticationError('invalid_token', 'The access token is not bound to a key');
  return {
    ...(typeof key === 'string' ? { key } : {}),
    ...(typeof certificate === 'string' ? { certificate } : {}),
  };
}

/** The token at the beginning of a chain of exchanges: whatever was made of it ends with it. */
export function originOf(claims: JWTPayload): string | undefined {
  return text(claims, 'origin_jti');
}

function toOrganisation(claims: JWTPayload): VerifiedOrganisation | undefined {
  const claim = text(claims, 'organization_ura');
  if (claim === undefined) return undefined;
  const ura = findUra(claim);
  if (ura === undefined) throw malformed('organization_ura');
  const facilityType = text(claims, 'organization_facility_type');
  return { ura, ...(facilityType === undefined ? {} : { facilityType }) };
}

function toDataHolders(claims: JWTPayload): readonly Ura[] | undefined {
  const claim = claims['data_holders'];
  if (claim === undefined) return undefined;
  const holders = Array.isArray(claim) ? claim.map((each) => findUra(String(each))) : [undefined];
  return holders.map((holder) => {
    if (holder === undefined) throw malformed('data_holders');
    return holder;
  });
}

function toProfessional(
  claims: JWTPayload,
  idClaim: string,
  roleClaim: string,
): VerifiedProfessional | undefined {
  const id = text(claims, idClaim);
  const roleCode = text(claims, roleClaim);
  if (id === undefined && roleCode === undefined) return undefined;
  if (id === undefined || roleCode === undefined) throw malformed(`${idClaim} and ${roleClaim}`);
  return { id, roleCode };
}

function toEmergency(claims: JWTPayload): EmergencyAccess | undefined {
  const id = text(claims, 'emergency_access');
  const until = claims['emergency_until'];
  if (id === undefined && until === undefined) return undefined;
  if (id === undefined || typeof until !== 'number') throw malformed('emergency_access and emergency_until');
  return { id, until };
}

function toActor(claims: JWTPayload): { readonly clientId: string } | undefined {
  const act = claims['act'];
  if (act === undefined) return undefined;
  const clientId = (act as { client_id?: unknown } | null)?.client_id;
  if (typeof clientId !== 'string') throw malformed('act');
  return { clientId };
}

function required(claims: JWTPayload, name: string): string {
  const value = text(claims, name);
  if (value === undefined) throw malformed(name);
  return value;
}

function text(claims: JWTPayload, name: string): string | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value === '') throw malformed(name);
  return value;
}

function malformed(name: string): AuthenticationError {
  return new AuthenticationError(
    'invalid_token',
    `The access token is not accepted: ${name} is absent or malformed`,
  );
}
