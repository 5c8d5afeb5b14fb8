import assert from 'node:assert/strict';
import { identifierSystems } from '@samenhang/data-model';
import { portOffsets } from '@samenhang/service-kit';
import { eventually } from '../world/eventually.js';
import { OtherDirectory } from '../world/other-directory.js';
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
    const assertUnchanged = async (): Promise<void> =>
      assert.deepEqual(organisationsIn(await read()), organisationsIn(before));
    await then('the entry of the hospital is unchanged', assertUnchanged);
    const directory = new OtherDirectory(world.installation.portBase + portOffsets['fhir-source-gp']);
    await when('a directory registered for the nursing home publishes the same', async () => {
      await directory.open(world);
      directory.tell({
        resourceType: 'Organization',
        id: 'spoofed',
        active: true,
        identifier: [{ system: identifierSystems.ura, value: hospital.ura }],
        name: hospital.name,
      });
      await world.installation.stop('address-book');
      await world.installation.startAgain('address-book', {
        DIRECTORY_SOURCES: `federated=${directory.base}=${nursingHome.ura}`,
        DIRECTORY_INTERVAL_SECONDS: '1',
        DIRECTORY_INSECURE: 'true',
      });
    });
    await then('a security event is raised', () =>
      eventually(async () => {
        const alarms = await world.installation.query<{ content: string }>(
          `SELECT content FROM audit.audit_event WHERE content LIKE '%directory-%'`,
        );
        assert.notEqual(alarms.length, 0, 'The trail tells of no attempt');
      }),
    );
    await then('that is rejected, and the entry of the hospital is unchanged', assertUnchanged);
    await world.installation.stop('address-book');
  },
};

function organisationsIn(bundle: string): object[] {
  const { entry = [] } = JSON.parse(bundle) as { entry?: { resource: object }[] };
  return entry.map(({ resource }) => resource);
}
