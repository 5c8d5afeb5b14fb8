import { createPrivateKey, sign, type JsonWebKey } from 'node:crypto';
import { encodeBase64Url } from './encoding.js';
import type { GroupElement } from './group.js';
import type { PseudonymRecipient } from './person-input.js';

/*
 * Many evaluations over the event log, for an initial load or a backlog: a request signed by the caller's registered
 * client key, since an event carries no access token, and an answer of one sealed token an input.
 */

/** What the JWS of a request says of itself, so that no other JWT of the same key can pass for one (RFC 8725, 3.11). */
export const bulkRequestType = 'evaluation-request+jwt';

/** Inputs that one request may hold unless the service is configured otherwise. */
export const maximumBulkInputs = 1_000;

/** A service that is away for a day still finds a request alive. */
const DEFAULT_LIFETIME_SECONDS = 2 * 86_400;

export interface BulkEvaluationRequest {
  /** Random, e.g. a UUID: names the request in both events, and makes it good for one use. */
  readonly requestId: string;
  readonly clientId: string;
  /** Base URL of the pseudonymisation service. */
  readonly audience: string;
  /** URA of the care provider on whose behalf. */
  readonly organisation: string;
  readonly recipient: PseudonymRecipient;
  readonly blindedInputs: readonly GroupElement[];
  readonly lifetimeSeconds?: number;
}

/** The claims of a request, as they travel. */
export interface BulkEvaluationClaims {
  readonly iss: string;
  readonly aud: string;
  /** The `requestId`. */
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly organisation: string;
  readonly recipientOrganization: string;
  readonly recipientScope: string;
  readonly blindedInputs: readonly string[];
}

/** Payload of `pseudonym.evaluation-requested`. @param clientKey private JWK (EC P-256) of the OAuth client */
export function toBulkEvent(
  request: BulkEvaluationRequest,
  clientKey: object,
  now = new Date(),
): { readonly requestId: string; readonly request: string } {
  return { requestId: request.requestId, request: signClaims(toClaims(request, now), clientKey) };
}

function toClaims(request: BulkEvaluationRequest, now: Date): BulkEvaluationClaims {
  const iat = Math.floor(now.getTime() / 1000);
  return {
    iss: request.clientId,
    aud: request.audience,
    jti: request.requestId,
    iat,
    exp: iat + (request.lifetimeSeconds ?? DEFAULT_LIFETIME_SECONDS),
    organisation: request.organisation,
    recipientOrganization: request.recipient.organisation,
    recipientScope: request.recipient.scope,
    blindedInputs: request.blindedInputs.map(encodeBase64Url),
  };
}

/** JWS compact serialisation, ES256 (RFC 7515 section 7.1). */
function signClaims(claims: BulkEvaluationClaims, clientKey: object): string {
  const key = createPrivateKey({ key: clientKey as JsonWebKey, format: 'jwk' });
  const kid = (clientKey as { readonly kid?: unknown }).kid;
  const header = { alg: 'ES256', typ: bulkRequestType, ...(typeof kid === 'string' ? { kid } : {}) };
  const input = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

/** Why the service made no evaluation. Those that a later attempt may overcome come from its quotas alone. */
export type BulkRefusal =
  | 'unknown-client'
  | 'signature'
  | 'expired'
  | 'replayed'
  | 'organisation'
  | 'malformed'
  | 'too-large'
  | 'unknown-recipient'
  | 'evaluation-for-oneself'
  | 'quota';

export type BulkAnswer =
  | { readonly outcome: 'evaluated'; readonly tokens: readonly string[] }
  | { readonly outcome: 'refused'; readonly reason: string; readonly mayRetry: boolean };

/**
 * Reads the payload of `pseudonym.evaluated`.
 * @throws RangeError when it is not an answer to a request of so many inputs
 */
export function readBulkAnswer(
  payload: {
    readonly outcome: string;
    readonly tokens: readonly string[];
    readonly reason?: string;
  },
  inputs: number,
): BulkAnswer {
  if (payload.outcome === 'refused') {
    const { reason = 'unknown' } = payload;
    return { outcome: 'refused', reason, mayRetry: reason === ('quota' satisfies BulkRefusal) };
  }
  if (payload.outcome !== 'evaluated' || payload.tokens.length !== inputs)
    throw new RangeError('An answer has one token for each input');
  return { outcome: 'evaluated', tokens: payload.tokens };
}
