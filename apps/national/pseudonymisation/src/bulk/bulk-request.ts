import { findUra, type Ura } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import { bulkRequestType } from '@samenhang/oprf';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { readBatchBody, type EvaluationRequest } from '../evaluation/evaluation-request.js';
import { BulkRefusalError } from './bulk-refusal.js';
import type { ClientKeys } from './client-keys.js';

/** A request whose sender is proven. */
export interface BulkRequest {
  readonly jti: string;
  readonly clientId: string;
  readonly organisation: Ura;
  readonly expiresAt: Date;
  readonly evaluation: EvaluationRequest;
}

export interface BulkExpectations {
  readonly requestId: string;
  /** Address of this service. */
  readonly audience: string;
  readonly maximumInputs: number;
  readonly now: Date;
  findClient(clientId: string): ClientKeys | undefined;
}

/** No request lives longer: so long its `jti` is remembered. */
const MAXIMUM_LIFETIME_SECONDS = 7 * 86_400;
const CLOCK_TOLERANCE_SECONDS = 5;

/** @throws BulkRefusalError */
export async function readBulkRequest(request: string, expected: BulkExpectations): Promise<BulkRequest> {
  const client = expected.findClient(issuerOf(request));
  if (client === undefined) throw new BulkRefusalError('unknown-client');
  const claims = await verify(request, client, expected);
  const { jti = '', exp = 0, iat = 0 } = claims;
  // The name in the event is the one that was signed: an answer cannot be led to another request.
  if (jti !== expected.requestId || jti === '' || jti.length > 100) throw new BulkRefusalError('malformed');
  if (exp - iat > MAXIMUM_LIFETIME_SECONDS) throw new BulkRefusalError('malformed');
  const organisation = findUra(String(claims['organisation']));
  if (organisation === undefined) throw new BulkRefusalError('malformed');
  if (!client.mayActFor(organisation)) throw new BulkRefusalError('organisation');
  const evaluation = readEvaluation(claims, expected.maximumInputs);
  return { jti, clientId: client.clientId, organisation, expiresAt: new Date(exp * 1000), evaluation };
}

function issuerOf(request: string): string {
  try {
    return decodeJwt(request).iss ?? '';
  } catch (cause) {
    throw new BulkRefusalError('malformed', { cause });
  }
}

async function verify(request: string, client: ClientKeys, expected: BulkExpectations): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(request, client.keys, {
      algorithms: ['ES256'],
      typ: bulkRequestType,
      issuer: client.clientId,
      audience: expected.audience,
      currentDate: expected.now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ['jti', 'iat', 'exp'],
    });
    return payload;
  } catch (cause) {
    throw new BulkRefusalError(cause instanceof errors.JWTExpired ? 'expired' : 'signature', { cause });
  }
}

function readEvaluation(claims: JWTPayload, maximumInputs: number): EvaluationRequest {
  const { blindedInputs: encryptedPersonalIds, recipientOrganization, recipientScope } = claims;
  try {
    return readBatchBody({ encryptedPersonalIds, recipientOrganization, recipientScope }, maximumInputs);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    throw new BulkRefusalError(cause.kind === 'too-large' ? 'too-large' : 'malformed', { cause });
  }
}
