import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import { pageLanguage } from '@samenhang/service-kit';
import { errors, Provider, type Configuration } from 'oidc-provider';
import { memoryAdapters } from './memory-adapter.js';
import { choicePage, overPage } from './sign-in-pages.js';

/** Somebody of the organisation. */
export interface StaffMember {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export interface StaffLoginOptions {
  readonly port: number;
  readonly host?: string;
  readonly people: readonly StaffMember[];
  /** The applications at which they can sign in. */
  readonly clients: readonly {
    readonly clientId: string;
    readonly clientSecret: string;
    readonly redirectUri: string;
  }[];
}

const INTERACTION_PATH = '/choose/';
const LONGEST_FORM = 1_000;
/** In seconds; long enough to sign in, and no session that would sign in the next who comes. */
const MINUTES = 300;

/** Starts an OpenID provider at which whoever comes picks who they are. Resolves once it accepts requests. */
export async function startStaffLogin(
  options: StaffLoginOptions,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { port, host = '127.0.0.1' } = options;
  const issuer = `http://${host}:${String(port)}`;
  const provider = new Provider(issuer, await configurationOf(options));
  const serveProvider = provider.callback();
  const server = createServer((request, response) => {
    const isChoice = (request.url ?? '').startsWith(INTERACTION_PATH);
    void (isChoice
      ? serveChoice(provider, options.people, request, response)
      : serveProvider(request, response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  return {
    url: issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function configurationOf({ people, clients }: StaffLoginOptions): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: memoryAdapters(),
    clients: clients.map(({ clientId, clientSecret, redirectUri }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    })),
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'staff' }] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    // As most providers of organisations do: what a portal needs to know stands in the ID token.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: { AccessToken: MINUTES, Grant: MINUTES, IdToken: MINUTES, Interaction: MINUTES, Session: MINUTES },
    renderError: (context) => {
      context.type = 'html';
      context.body = overPage(pageLanguage(context.get('accept-language')));
    },
    interactions: { url: (_context, { uid }) => `${INTERACTION_PATH}${uid}` },
    findAccount: (_context, id) => {
      const found = people.find((one) => one.id === id);
      return (
        found && { accountId: id, claims: () => ({ sub: id, name: found.name, roles: [...found.roles] }) }
      );
    },
    // The organisation decides for its people: nobody is asked whether a portal may know who they are.
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId,
        accountId: oidc.session?.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  };
}

async function serveChoice(
  provider: Provider,
  people: readonly StaffMember[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const language = pageLanguage(request.headers['accept-language']);
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-type', 'text/html; charset=utf-8');
  try {
    await provider.interactionDetails(request, response);
    if (request.method === 'GET') {
      response.end(choicePage(language, people));
      return;
    }
    const form = await readForm(request);
    await provider.interactionFinished(
      request,
      response,
      form.get('decision') === 'yes'
        ? { login: { accountId: form.get('person') ?? '', remember: false } }
        : { error: 'access_denied', error_description: 'They chose not to sign in' },
      { mergeWithLastSubmission: false },
    );
  } catch (error) {
    response.statusCode = error instanceof errors.OIDCProviderError ? error.statusCode : 500;
    response.end(overPage(language));
  }
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text = (text + String(chunk)).slice(0, LONGEST_FORM);
  return new URLSearchParams(text);
}
