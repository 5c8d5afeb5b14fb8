import type { Ura } from '@samenhang/data-model';

/**
 * Who makes a request, as proven by a verified access token. The one internal model of identity: every way of
 * authenticating (client credentials, token exchange, later VP tokens and citizens) ends in this shape.
 */
export interface VerifiedIdentity {
  /** The OAuth client that asked first: a system, not a care provider. */
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** The care provider on whose behalf the client acts. */
  readonly organisation?: VerifiedOrganisation;
  /** The person responsible for the request, asserted with a Dezi statement. */
  readonly professional?: VerifiedProfessional;
  /** Who acts for the professional, by mandate; asserted with a Dezi statement of their own. */
  readonly delegate?: VerifiedProfessional;
  /** HL7 v3 PurposeOfUse, e.g. `TREAT`. */
  readonly purposeOfUse?: string;
  /** How the treatment relation was established, e.g. `asserted`. */
  readonly treatmentRelation?: string;
  /** Emergency access that was declared, with a reason; only with a purpose for emergencies. */
  readonly emergency?: EmergencyAccess;
  /** The one patient the token is for, sealed (`PatientBinding`). Absent: for whomever policy and consent permit. */
  readonly patientBinding?: string;
  /** Of a citizen's token for several care providers: those that leave was given for. */
  readonly dataHolders?: readonly Ura[];
  /** The client that exchanged the token, when it is not the first one (RFC 8693 `act`). */
  readonly actor?: { readonly clientId: string };
  /** The token's `jti`: what the audit trail refers to. */
  readonly tokenId: string;
  /** The token itself, for exchange with the authorisation server only. */
  readonly accessToken: string;
}

export interface VerifiedOrganisation {
  readonly ura: Ura;
  /** Care-provider type, e.g. `V4` hospital, `Z3` general practitioner. */
  readonly facilityType?: string;
}

export interface VerifiedProfessional {
  /** Dezi (formerly UZI) number. */
  readonly id: string;
  /** Role code of the UZI register, e.g. `01.015`. */
  readonly roleCode: string;
}

export interface EmergencyAccess {
  /** The declaration; its reason is kept in the trail of the organisation that made it. */
  readonly id: string;
  /** Until when it holds, in seconds since 1970. */
  readonly until: number;
}

export const scopes = [
  'prs:evaluate',
  'prs:register',
  'prs:admin',
  'nvi:create',
  'nvi:read',
  'nvi:delete',
  'nvi:purge',
  'nvi:localize',
  'nvi:subscribe',
  'nvi:restrict',
  'nvi:restrict-any',
  'lrza:read',
  'lrza:write',
  'ingest:write',
  'ingest:admin',
  'ingest:content',
  'mapping:admin',
  'normalise:map',
  'record:compare',
  'record:admin',
  'holder:read',
  'view:read',
  'audit:read',
  'audit:own',
  'consent:ask',
  'consent:admin',
  'consent:own',
  'consent:secondary-use',
  'registrations:read',
  'transfer:manage',
  'transfer:exchange',
  'record:transfer',
  'access:evaluate',
  'token:introspect',
  'keys:admin',
  'secondary:run',
  'permits:standing',
  'research:use',
  'research:assess',
  'research:check',
] as const;

export type Scope = (typeof scopes)[number];
