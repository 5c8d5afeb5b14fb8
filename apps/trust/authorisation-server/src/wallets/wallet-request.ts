import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ClientDirectory } from '../tokens/client-directory.js';
import { issuerOf } from './presentation-verifier.js';
import { assertionGrant, presentationGrant } from './wallet-grants.js';

/** More than a presentation with certificates needs. */
const MAXIMUM_BYTES = 1_000_000;

/** The form of a token request; undefined when it is longer than any can be. */
export async function readForm(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAXIMUM_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The form as the library takes it: wallets are known by their DID, which leads to the client that is registered with it;
 * and what the specification calls `client_assertion` is a presentation, which the library must not take for its own kind.
 */
export function toLibraryForm(form: string, clients: ClientDirectory): string {
  const parameters = new URLSearchParams(form);
  const grants = parameters.getAll('grant_type');
  const [grant] = grants;
  if (grants.length !== 1 || (grant !== presentationGrant && grant !== assertionGrant)) return form;
  // Only from `client_assertion`: nobody names our own parameter.
  parameters.delete('vendor_assertion');
  const own = parameters.getAll(grant === assertionGrant ? 'client_assertion' : 'assertion');
  if (grant === assertionGrant) {
    parameters.delete('client_assertion');
    parameters.delete('client_assertion_type');
    for (const each of own) parameters.append('vendor_assertion', each);
  }
  const client = clients.findByDid(findIssuer(own[0] ?? ''));
  // A client that calls itself something else is not taken for whom the wallet is of.
  if (client !== undefined && !isOtherwise(parameters, client.client_id, client.did))
    parameters.set('client_id', client.client_id);
  return parameters.toString();
}

/** The same request with another body. */
export function withBody(request: IncomingMessage, body: string): IncomingMessage {
  const bytes = Buffer.from(body);
  const replaced = Readable.from([bytes], { objectMode: false });
  const { method, url, originalUrl, socket, httpVersion, httpVersionMajor, httpVersionMinor } =
    request as IncomingMessage & { originalUrl?: string };
  const headers = { ...request.headers, 'content-length': String(bytes.length) };
  delete (headers as Record<string, unknown>)['transfer-encoding'];
  return Object.assign(replaced, {
    headers,
    method,
    url,
    originalUrl,
    socket,
    httpVersion,
    httpVersionMajor,
    httpVersionMinor,
    complete: true,
  }) as unknown as IncomingMessage;
}

function isOtherwise(parameters: URLSearchParams, clientId: string, did: string | undefined): boolean {
  return parameters.getAll('client_id').some((given) => given !== clientId && given !== did);
}

function findIssuer(jwt: string): string | undefined {
  try {
    return issuerOf(jwt);
  } catch {
    return undefined;
  }
}
