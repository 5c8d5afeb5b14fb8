import assert from 'node:assert/strict';
import { nursingHome, vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const subscriberMismatch: Scenario = {
  id: 14,
  title: 'URA mismatch',
  async story({ given, when, then }, world) {
    const statement = await given('a Dezi statement of nursing home De Linde, URA 33333333', () =>
      world.dezi.statementWith(vos, { abonnee_nummer: nursingHome.ura }),
    );
    const answer = await when('a token is asked for with it on behalf of GP Zonneweg, URA 11111111', () =>
      world.viewToken(vos, { dezi_statement: statement }),
    );
    await then('the answer is invalid_grant', () => {
      assert.ok(answer.token === undefined, 'A token was given');
      assert.equal(answer.error, 'invalid_grant');
      assert.ok([400, 401].includes(answer.status), String(answer.status));
    });
  },
};
