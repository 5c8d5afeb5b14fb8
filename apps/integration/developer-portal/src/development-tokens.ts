import { ProfessionalTokens, type TokenSource } from '@samenhang/client';
import { Failure } from '@samenhang/errors';
import type { ServiceName } from '@samenhang/service-kit';
import type { JWK } from 'jose';
import type { Developer } from './developer.js';

export interface DevelopmentTokensOptions {
  readonly clientId: string;
  readonly clientKey: JWK;
  readonly urlOf: (service: ServiceName) => string;
}

const TIMEOUT_MS = 10_000;

/** Tokens in the name of the fictional professional of an account; they stay in this process. */
export function developmentTokens(
  { clientId, clientKey, urlOf }: DevelopmentTokensOptions,
  { organisation, deziNumber }: Developer,
): TokenSource {
  return new ProfessionalTokens({
    issuer: urlOf('authorisation-server'),
    clientId,
    clientKey,
    organisation,
    purposeOfUse: 'TREAT',
    treatmentRelation: 'asserted',
    deziStatement: () => fetchStatement(urlOf('dezi'), deziNumber),
  });
}

async function fetchStatement(deziUrl: string, deziNumber: string): Promise<string> {
  const response = await fetch(`${deziUrl}/professionals/${encodeURIComponent(deziNumber)}/statement`, {
    method: 'POST',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Failure('unavailable', 'The Dezi emulator cannot be reached', { cause });
  });
  if (!response.ok) throw new Failure('upstream', 'The Dezi emulator gives no statement');
  return ((await response.json()) as { verklaring: string }).verklaring;
}
