import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';
import { hospital, nursingHome, patientA, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const ASSISTANT = '900000045';
const HOUR_SECONDS = 3_600;
const MANDATED = 'urn:nl:otv:names:tc:1.0:subject:mandated';

export const mandate: Scenario = {
  id: 12,
  title: 'Mandated employee',
  async story({ given, when, then }, world) {
    const statement = await given('an assistant at GP Zonneweg with a Dezi statement of their own', () =>
      world.dezi.statementWith(vos, {
        dezi_nummer: ASSISTANT,
        rol_code: '94.000',
        rol_naam: 'Doktersassistent',
      }),
    );
    const delegation = await given('a delegation by Dr. Vos', () => delegate(world, {}));
    const before = world.traffic.length;
    const answer = await when('the assistant looks A up at hospital Noord', () =>
      world.findPatient(vos, hospital, patientA, { dezi_statement: statement, delegation }),
    );
    await then('the answer is yes', () => assert.equal(answer.status, 200, answer.text));
    await then('Mitz was asked for role 01.015 of Dr. Vos, with the assistant as mandated', () => {
      const port = Number(new URL(world.urlOf('consent-register')).port);
      const questions = world.traffic
        .since(before)
        .filter((request) => request.side === 'server' && request.port === port)
        .map((request) => request.body());
      assert.notEqual(questions.length, 0, 'Mitz was not asked');
      for (const question of questions) {
        assert.ok(question.includes('01.015'), 'The role of Dr. Vos');
        assert.ok(question.includes(vos.dezi), 'The number of Dr. Vos');
        const mandated = question.slice(question.indexOf(MANDATED));
        assert.ok(question.includes(MANDATED) && mandated.includes(ASSISTANT), 'The assistant as mandated');
      }
    });
    await then('the trail names both', async () => {
      await world.settle();
      const trail = (await world.auditTrail(hospital.ura)).map((event) => JSON.stringify(event));
      assert.ok(trail.some((event) => event.includes(vos.dezi) && event.includes(ASSISTANT)));
    });
    const wrong = [
      ['has expired', await delegate(world, { endsIn: -HOUR_SECONDS })],
      ['is of another organisation', await delegate(world, { organisation: nursingHome.ura })],
    ] as const;
    for (const [what, credential] of wrong) {
      const refused = await when(`the delegation ${what}`, () =>
        world.viewToken(vos, { dezi_statement: statement, delegation: credential }),
      );
      await then('it is refused', () => {
        assert.ok(refused.token === undefined, 'A token was given');
        assert.ok([400, 401, 403].includes(refused.status), String(refused.status));
      });
    }
    const alone = await when('the assistant comes without a delegation', () =>
      world.findPatient(vos, hospital, patientA, { dezi_statement: statement }),
    );
    await then('the answer is no', () => assert.equal(alone.status, 403, alone.text));
  },
};

/** A HealthcareProfessionalDelegationCredential of the practice, as its system signs it. */
async function delegate(
  world: World,
  { endsIn = HOUR_SECONDS, organisation = vos.at.ura as string },
): Promise<string> {
  const { kid = '', alg = 'ES256', ...jwk } = world.clientKey('demo');
  const now = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    vc: {
      type: ['VerifiableCredential', 'HealthcareProfessionalDelegationCredential'],
      credentialSubject: {
        organization: organisation,
        delegate: ASSISTANT,
        delegatedBy: vos.dezi,
        roleCode: '01.015',
      },
    },
  })
    .setProtectedHeader({ alg, kid })
    .setIssuer('demo')
    .setJti(randomUUID())
    .setNotBefore(now - 2 * HOUR_SECONDS)
    .setExpirationTime(now + endsIn)
    .sign(await importJWK(jwk, alg));
}
