import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';

/** What a provider says otherwise than it should. */
export interface Lie {
  readonly claims?: JWTPayload;
  /** Signs with a key that it does not publish. */
  readonly hasOtherKey?: boolean;
  readonly hasNoIdToken?: boolean;
}

/** An OpenID provider that gives anybody an ID token, right but for its lie. */
export async function startLyingProvider(
  clientId: string,
): Promise<{ readonly issuer: string; lie: Lie; nonce: string; close(): Promise<void> }> {
  const [own, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'ES256', use: 'sig' };
  const state = { issuer: '', lie: {} as Lie, nonce: '' };
  const idToken = (): Promise<string> =>
    new SignJWT({ nonce: state.nonce, name: 'Vos', ...state.lie.claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'own' })
      .setIssuer(state.lie.claims?.iss ?? state.issuer)
      .setAudience(state.lie.claims?.aud ?? clientId)
      .setSubject('vos')
      .setIssuedAt()
      .setExpirationTime(state.lie.claims?.exp ?? '1m')
      .sign(state.lie.hasOtherKey === true ? other.privateKey : own.privateKey);
  const answers: Readonly<Record<string, () => Promise<object> | object>> = {
    '/.well-known/openid-configuration': () => ({
      issuer: state.issuer,
      authorization_endpoint: `${state.issuer}/authorise`,
      token_endpoint: `${state.issuer}/token`,
      jwks_uri: `${state.issuer}/jwks`,
      id_token_signing_alg_values_supported: ['ES256'],
    }),
    '/jwks': () => ({ keys: [jwk] }),
    '/token': async () => ({
      access_token: 'of no use',
      token_type: 'Bearer',
      ...(state.lie.hasNoIdToken === true ? {} : { id_token: await idToken() }),
    }),
  };
  const server = createServer((request, response) => {
    const answer = answers[request.url ?? ''] ?? (() => ({}));
    void Promise.resolve(answer()).then((body) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(state, {
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
