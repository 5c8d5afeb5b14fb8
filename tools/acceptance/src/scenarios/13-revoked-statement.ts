import assert from 'node:assert/strict';
import { vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const revokedStatement: Scenario = {
  id: 13,
  title: 'Revoked Dezi verklaring',
  async story({ given, when, then }, world) {
    const statement = await given('a Dezi statement of Dr. Vos that was good', async () => {
      assert.equal((await world.viewToken(vos)).status, 200);
      return world.dezi.statementOf(vos);
    });
    try {
      await given('it was revoked: its status is not actief', () => world.dezi.revoke(vos));
      const revoked = await when('a token is asked for with it', () =>
        world.viewToken(vos, { dezi_statement: statement }),
      );
      await then('the answer is invalid_grant', () => assert.equal(revoked.error, 'invalid_grant'));
    } finally {
      await world.dezi.restore(vos);
    }
    const parameters = { ...(await world.professionalParameters(vos)), dezi_statement: statement };
    await given('it holds again, but the status service cannot be reached', () =>
      world.installation.stop('dezi'),
    );
    const unreachable = await when('a token is asked for with it', () =>
      world.desk.ask({
        parameters: { resource: world.urlOf('query-api'), scope: 'view:read', ...parameters },
      }),
    );
    await then('it is refused: no status is no token', () => {
      assert.ok(unreachable.token === undefined, 'A token was given');
      assert.equal(unreachable.error, 'invalid_grant');
    });
  },
};
