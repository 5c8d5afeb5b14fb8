import type { RegisteredClient } from '@samenhang/identity';
import { findUra, type Ura } from '@samenhang/data-model';

/** What an application asks of a citizen: leave to collect a service's data from care providers. */
export interface CitizenRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** At least one; each with the number of a MedMij service, such as `48`, in the scope that was asked for. */
  readonly holders: readonly Ura[];
  readonly state: string;
  /** PKCE, S256 (RFC 7636). */
  readonly challenge: string;
}

export type RequestOutcome =
  | { readonly request: CitizenRequest }
  /** `redirectUri` only when it is one of the client's own: nobody is sent anywhere else. */
  | { readonly error: string; readonly redirectUri?: string; readonly state?: string };

const SCOPE = /^(\d{8})~(\d{1,4})$/;
/** More than anyone can read on one page before saying yes. */
const MAXIMUM_HOLDERS = 20;
const CHALLENGE = /^[\w-]{43}$/;
const STATE = /^[\x21-\x7e]{8,512}$/;

/** Reads the parameters of the authorisation request (MedMij: care provider and service, `<ura>~<service>`; here one or more). */
export function readCitizenRequest(
  query: Readonly<Record<string, unknown>>,
  findClient: (clientId: string) => RegisteredClient | undefined,
): RequestOutcome {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value : '';
  };
  const [clientId, redirectUri, state, challenge] = [
    text('client_id'),
    text('redirect_uri'),
    text('state'),
    text('code_challenge'),
  ];
  // Compared letter by letter: no two spellings of an address are one (RFC 9700 section 2.1).
  if (findClient(clientId)?.redirectUris?.includes(redirectUri) !== true)
    return { error: 'unknown client_id or redirect_uri' };
  if (!STATE.test(state)) return { error: 'invalid_request', redirectUri };
  const back = { redirectUri, state };
  if (text('response_type') !== 'code') return { error: 'unsupported_response_type', ...back };
  if (text('code_challenge_method') !== 'S256' || !CHALLENGE.test(challenge))
    return { error: 'invalid_request', ...back };
  const holders = readHolders(text('scope'));
  if (holders === undefined) return { error: 'invalid_scope', ...back };
  return { request: { clientId, redirectUri, holders, state, challenge } };
}

/** Undefined when any of them is not as it should be: a citizen says yes to exactly what was asked. */
function readHolders(scope: string): readonly Ura[] | undefined {
  const parts = scope.split(' ');
  const holders = parts.map((part) => findUra(SCOPE.exec(part)?.[1] ?? ''));
  const known = holders.filter((holder) => holder !== undefined);
  return known.length === parts.length && parts.length <= MAXIMUM_HOLDERS ? [...new Set(known)] : undefined;
}
