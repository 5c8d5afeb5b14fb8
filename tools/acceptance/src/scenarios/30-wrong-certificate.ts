import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ProofKey } from '@samenhang/identity';
import { exportJWK, importJWK, SignJWT } from 'jose';
import { gp, hospital, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

interface Assertion {
  readonly jti?: string;
  readonly lifetimeSeconds?: number;
  readonly confirmation?: object;
}

export const wrongCertificate: Scenario = {
  id: 30,
  title: 'Wrong certificate',
  async story({ given, when, then }, world) {
    await given('a client assertion as it should be is accepted', async () =>
      assert.equal(await request(world, {}), 200),
    );
    const other = await when('an assertion is bound to another certificate (x5t#S256)', () =>
      request(world, { confirmation: { 'x5t#S256': 'bm90IHRoaXMgY2VydGlmaWNhdGUgYXQgYWxsIHJlYWxseQ' } }),
    );
    await then('the answer is 401', () => assert.equal(other, 401));
    const long = await when('an assertion is valid for more than a minute', () =>
      request(world, { lifetimeSeconds: 3_600 }),
    );
    await then('the answer is 401', () => assert.equal(long, 401));
    const jti = randomUUID();
    await given('an assertion was used', async () => assert.equal(await request(world, { jti }), 200));
    const again = await when('its jti is used again', () => request(world, { jti }));
    await then('the answer is 401', () => assert.equal(again, 401));
    const spoofed = await when('somebody outside sends the identity headers of a trusted proxy', async () => {
      const headers = {
        'x-gf-sub': hospital.ura,
        'x-gf-act-sub': '00000001234567890000',
        'x-gf-source-id': 'epd',
        'x-gf-scope': 'nvi:localize nvi:read',
        'content-type': 'application/json',
      };
      const urls = ['/localize', '/registrations', '/fhir/List/_search'];
      return Promise.all(
        urls.map(async (path) => {
          const method = path === '/registrations' ? 'GET' : 'POST';
          const body = method === 'GET' ? {} : { body: '{}' };
          return (await fetch(`${world.urlOf('reference-index')}${path}`, { method, headers, ...body }))
            .status;
        }),
      );
    });
    await then('the answer is 401', () => assert.deepEqual(spoofed, [401, 401, 401]));
    await then('with a good token such headers change nothing', async () => {
      const { token } = await world.holderToken(vos, hospital);
      assert.ok(token);
      const answer = await world.askHolderWith(token, gp, {
        path: 'Condition',
        headers: { 'x-gf-sub': gp.ura, 'x-gf-audience': world.holderBase(gp) },
      });
      assert.equal(answer.status, 401);
    });
  },
};

/** @returns the status of a token request with this assertion */
async function request(world: World, assertion: Assertion): Promise<number> {
  const { jti = randomUUID(), lifetimeSeconds = 60, confirmation } = assertion;
  const issuer = world.urlOf('authorisation-server');
  const { kid = '', alg = 'ES256', ...jwk } = world.clientKey('demo');
  const now = Math.floor(Date.now() / 1_000);
  const clientAssertion = await new SignJWT(confirmation === undefined ? {} : { cnf: confirmation })
    .setProtectedHeader({ alg, kid })
    .setIssuer('demo')
    .setSubject('demo')
    .setAudience(issuer)
    .setJti(jti)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetimeSeconds)
    .sign(await importJWK(jwk, alg));
  const proofKey = await ProofKey.generate();
  const { kty, crv, x, y } = await exportJWK(proofKey.pair.publicKey);
  const proof = await new SignJWT({ htm: 'POST', htu: `${issuer}/token` })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as never })
    .setJti(randomUUID())
    .setIssuedAt()
    .sign(proofKey.pair.privateKey);
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { dpop: proof },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'demo',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: clientAssertion,
      resource: world.urlOf('address-book'),
      scope: 'lrza:read',
      organization_id: gp.ura,
    }),
  });
  await response.arrayBuffer();
  return response.status;
}
