import { ProfessionalTokens } from '@samenhang/client';
import { CommandFailure, usage } from '../terminal/command-failure.js';
import type { Installation } from './installation.js';

/** Whose token a command asks for. */
export interface TokenRequest {
  readonly organisation?: string;
  readonly role?: string;
  readonly purpose: string;
  readonly scope: string;
  readonly extractableKey?: boolean;
  /** A person must ask: where no role is given, any professional of the organisation. */
  readonly professional?: boolean;
}

interface Professional {
  readonly deziNumber: string;
  readonly surname: string;
  readonly subscriberNumber: string;
  readonly roleCode: string;
}

/**
 * Tokens for development: the Dezi emulator states that one of its fictional professionals is signed in, the
 * authorisation server issues a token on that basis to the development client, or to a service when only it may have the scope.
 */
export async function developmentTokens(
  installation: Installation,
  request: TokenRequest,
): Promise<ProfessionalTokens> {
  const { organisation, role, purpose, scope, extractableKey = false } = request;
  const clientId = installation.clientFor(scope.split(' '));
  const common = {
    issuer: installation.urlOf('authorisation-server'),
    clientId,
    clientKey: installation.clientKey(clientId),
    scope,
    extractableKey,
  };
  // Acts of the organisation itself have no professional and no treatment relation.
  if (role === undefined && organisation !== undefined && request.professional !== true)
    return new ProfessionalTokens({ ...common, organisation });
  const professional = await findProfessional(installation, organisation, role);
  return new ProfessionalTokens({
    ...common,
    organisation: professional.subscriberNumber,
    purposeOfUse: purpose,
    treatmentRelation: 'asserted',
    deziStatement: () => statementOf(installation, professional),
  });
}

async function findProfessional(
  installation: Installation,
  organisation: string | undefined,
  role: string | undefined,
): Promise<Professional> {
  const all = await askDezi<Professional[]>(installation, 'professionals', 'GET');
  const found = all.find(
    (one) =>
      (organisation ?? one.subscriberNumber) === one.subscriberNumber &&
      (role ?? one.roleCode) === one.roleCode,
  );
  if (found !== undefined) return found;
  const known = all.map((one) => `${one.subscriberNumber} ${one.roleCode} (${one.surname})`).join(', ');
  throw usage(`The Dezi emulator knows no such professional. Organisation and role it knows: ${known}`);
}

async function statementOf(installation: Installation, { deziNumber }: Professional): Promise<string> {
  return (
    await askDezi<{ verklaring: string }>(installation, `professionals/${deziNumber}/statement`, 'POST')
  ).verklaring;
}

async function askDezi<T>(installation: Installation, path: string, method: string): Promise<T> {
  const url = installation.urlOf('dezi');
  try {
    const response = await fetch(`${url}/${path}`, { method, signal: AbortSignal.timeout(10_000) });
    if (response.ok) return (await response.json()) as T;
    throw new CommandFailure(`The Dezi emulator at ${url} answers with status ${response.status}`);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      `The Dezi emulator at ${url} cannot be reached. Is the installation running? (--port-base names it)`,
    );
  }
}
