import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { gp, hospital, nursingHome } from '../world/people.js';
import type { Scenario } from '../scenario.js';

export const spoofedDirectory: Scenario = {
  id: 17,
  title: 'Spoofed directory',
  async story({ given, when, then }, world) {
    const read = async (): Promise<string> =>
      (await world.addressBook.read(`Organization?identifier=${identifierSystems.ura}|${hospital.ura}`, gp))
        .text;
    const before = await given('the address book has an entry of hospital Noord', read);
    assert.ok(before.includes(hospital.name), before);
    const answer = await when(
      'whoever writes for nursing home De Linde writes an organisation with URA 22222222',
      () =>
        world.addressBook.write(nursingHome, {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            {
              resource: {
                resourceType: 'Organization',
                id: 'spoofed',
                active: true,
                identifier: [{ system: identifierSystems.ura, value: hospital.ura }],
                name: hospital.name,
              },
              request: { method: 'PUT', url: 'Organization/spoofed' },
            },
          ],
        }),
    );
    await then('it is rejected', () => assert.equal(answer.status, 403, answer.text));
    await then('the entry of the hospital is unchanged', async () => {
      const { entry: ours = [] } = JSON.parse(before) as { entry?: { resource: object }[] };
      const { entry: now = [] } = JSON.parse(await read()) as { entry?: { resource: object }[] };
      assert.deepEqual(
        now.map(({ resource }) => resource),
        ours.map(({ resource }) => resource),
      );
    });
    await then('a security event is raised', async () => {
      const events = await world.installation.query<{ type: string }>(
        `SELECT type FROM event_log.event WHERE type LIKE 'directory.%' OR type LIKE 'security.%' OR type LIKE '%spoof%'`,
      );
      await world.settle();
      const trail = (await world.auditTrail(nursingHome.ura)).map((event) => JSON.stringify(event));
      const told = trail.some(
        (event) => /directory|address-book/.test(event) && /"outcome":"(4|8|12)"/.test(event),
      );
      assert.ok(events.length > 0 || told, 'Neither an event nor the trail tells of it');
    });
    await when('a directory registered for the nursing home publishes the same', () => undefined);
    await then('the update client rejects it', () =>
      assert.ok(hasUpdateClient(), 'There is no update client for other directories yet'),
    );
  },
};

function hasUpdateClient(): boolean {
  return false;
}
