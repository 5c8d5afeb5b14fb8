import assert from 'node:assert/strict';
import { portOffsets } from '@samenhang/service-kit';
import { identifierSystems } from '@samenhang/data-model';
import { eventually } from '../world/eventually.js';
import { OtherDirectory, type Listed } from '../world/other-directory.js';
import { gp } from '../world/people.js';
import type { Scenario } from '../scenario.js';
import type { World } from '../world/world.js';

const PAGES = 10;
const PAGE_SIZE = 4;
const RETRY_AFTER_SECONDS = 5;
const uras = Array.from({ length: PAGES * PAGE_SIZE }, (_unused, index) => String(70_000_000 + index));

const organisation = (ura: string): Listed => ({
  resourceType: 'Organization',
  id: `other-${ura}`,
  active: true,
  identifier: [{ system: identifierSystems.ura, value: ura }],
  name: `Other ${ura}`,
});

export const sync: Scenario = {
  id: 18,
  title: 'Sync robustness',
  async story({ given, when, then }, world) {
    const directory = new OtherDirectory(world.installation.portBase + portOffsets['fhir-source-gp']);
    await directory.open(world);
    const follow = () =>
      world.installation.startAgain('address-book', {
        DIRECTORY_SOURCES: `central=${directory.base}`,
        DIRECTORY_INTERVAL_SECONDS: '1',
        DIRECTORY_PAGE_SIZE: String(PAGE_SIZE),
        DIRECTORY_INSECURE: 'true',
      });
    let reached = 0;
    await given('a directory of ten pages of organisations, which hangs at its third', () => {
      directory.tell(...uras.map(organisation));
      directory.disturb = (url) => {
        if (url.searchParams.get('page') !== String(2 * PAGE_SIZE)) return false;
        reached += 1;
        return true;
      };
    });
    await when('the address book follows it and is killed at page 3', async () => {
      await world.installation.stop('address-book');
      await follow();
      await eventually(() => Promise.resolve(assert.ok(reached > 0, 'Page 3 was not asked for')));
      await world.installation.stop('address-book');
      assert.equal(await countOf(world), 0, 'Half of a run was kept');
    });
    directory.disturb = () => false;
    await follow();
    await then('after a restart the replica is whole', () =>
      eventually(async () => assert.equal(await countOf(world), uras.length)),
    );
    const written = await versionsOf(world);
    await then('a further run, which finds nothing new, writes nothing', async () => {
      const before = directory.asked;
      await eventually(() => Promise.resolve(assert.ok(directory.asked > before + 10)));
      assert.equal(await versionsOf(world), written);
    });
    const [first = ''] = uras;
    await when('the directory says that an organisation was deleted', () =>
      directory.bury(`Organization/other-${first}`),
    );
    await then('it is not served any more at once', () =>
      eventually(async () => {
        const path = `Organization?identifier=${identifierSystems.ura}|${first}`;
        const { entry = [] } = JSON.parse((await world.addressBook.read(path, gp)).text) as {
          entry?: unknown[];
        };
        assert.deepEqual(entry, []);
      }),
    );
    const asked: number[] = [];
    await when('it answers 429 with Retry-After: 5', async () => {
      directory.disturb = (_url, response) => {
        asked.push(performance.now());
        if (asked.length > 1) return false;
        response.writeHead(429, { 'retry-after': String(RETRY_AFTER_SECONDS) }).end();
        return true;
      };
      await eventually(() => Promise.resolve(assert.ok(asked.length > 1)));
    });
    await then('the next request comes five seconds later or more', () => {
      const [refused = 0, next = 0] = asked;
      assert.ok(next - refused >= RETRY_AFTER_SECONDS * 1_000 - 10, `${Math.round(next - refused)} ms`);
    });
    await world.installation.stop('address-book');
  },
};

async function countOf(world: World): Promise<number> {
  const [row] = await world.installation.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM address_book.resource WHERE content LIKE '%"Other 7%'`,
  );
  return row?.count ?? 0;
}

async function versionsOf(world: World): Promise<number> {
  const [row] = await world.installation.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM address_book.resource_version',
  );
  return row?.count ?? 0;
}
