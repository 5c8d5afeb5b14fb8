import assert from 'node:assert/strict';
import { services } from '@samenhang/node';
import { vos } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const secondaryUse: Scenario = {
  id: 26,
  title: 'Secondary use',
  async story({ given, when, then }, world) {
    const refused = await when('data is asked for research with no permit', () =>
      world.viewToken(vos, { purpose_of_use: 'HRESCH' }),
    );
    await then('it is refused', async () => {
      if (refused.token === undefined) return;
      assert.equal((await world.viewWith(refused.token, '900186021')).status, 403);
    });
    await given('a permit for the cohort "T2DM 2025", for which A opted out and B did not', () =>
      assert.ok(
        services.some(({ name }) => name.startsWith('secondary-use')),
        'No service computes views for secondary use yet',
      ),
    );
  },
};
