import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { ProofKey, type BoundToken } from '@samenhang/identity';
import { exportJWK, SignJWT } from 'jose';
import { hospital, patientA, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const TEN_MINUTES = 600;

export const proofOfPossession: Scenario = {
  id: 15,
  title: 'DPoP',
  async story({ given, when, then }, world) {
    const { token } = await given('Dr. Vos has a token for hospital Noord, bound to a key', () =>
      world.holderToken(vos, hospital),
    );
    assert.ok(token, 'No token');
    const id = await world.patientIdAt(vos, hospital, patientA);
    const url = `${world.holderBase(hospital)}/Condition?patient=Patient/${id}`;
    const ask = async (proof: string): Promise<number> => {
      const headers = { authorization: `DPoP ${token.accessToken}`, dpop: proof };
      return (await fetch(url, { headers })).status;
    };
    const proof = await prove(token, url);
    const first = await when('a proof is used for the first time', () => ask(proof));
    await then('the answer is 200', () => assert.equal(first, 200));
    const again = await when('the same proof is used again', () => ask(proof));
    await then('the answer is 401', () => assert.equal(again, 401));
    const elsewhere = `${world.holderBase(hospital)}/AllergyIntolerance`;
    const wrong: readonly (readonly [string, () => Promise<string>])[] = [
      ['for another address', () => prove(token, elsewhere)],
      ['for another method', () => prove(token, url, { method: 'POST' })],
      ['by another key', async () => prove({ ...token, proofKey: await ProofKey.generate() }, url)],
      ['of ten minutes ago', () => prove(token, url, { secondsAgo: TEN_MINUTES })],
    ];
    for (const [what, make] of wrong) {
      const status = await when(`the proof is ${what}`, async () => ask(await make()));
      await then('the answer is 401', () => assert.equal(status, 401));
    }
    const bearer = await when('the token is used without a proof', async () => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${token.accessToken}` } });
      return response.status;
    });
    await then('the answer is 401', () => assert.equal(bearer, 401));
  },
};

async function prove(
  { accessToken, proofKey }: BoundToken,
  url: string,
  { method = 'GET', secondsAgo = 0 } = {},
): Promise<string> {
  const { origin, pathname } = new URL(url);
  const { kty, crv, x, y } = await exportJWK(proofKey.pair.publicKey);
  const ath = createHash('sha256').update(accessToken).digest('base64url');
  return new SignJWT({ htm: method, htu: `${origin}${pathname}`, ath })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y } as never })
    .setJti(randomUUID())
    .setIssuedAt(Math.floor(Date.now() / 1_000) - secondsAgo)
    .sign(proofKey.pair.privateKey);
}
