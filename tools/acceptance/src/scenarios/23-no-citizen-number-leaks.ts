import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformServices } from '@samenhang/service-kit';
import { patientA, patientB } from '../world/people.js';
import type { Scenario } from '../scenario.js';

const numbers = [patientA, patientB];

export const noCitizenNumberLeaks: Scenario = {
  id: 23,
  title: 'No BSN leak',
  turn: 'last',
  async story({ given, then }, world) {
    await given('all other scenarios were told', () => assert.ok(world.traffic.length > 0));
    await then('no log holds the number of A or of B', () => {
      const folder = join(world.installation.dataDirectory, 'log');
      const files = readdirSync(folder).filter((file) => holdsOne(readFileSync(join(folder, file), 'utf8')));
      assert.deepEqual(files, []);
    });
    await then('no URL and no header does, tokens included', () => {
      const leaks = world.traffic
        .since(0)
        .filter(({ url, headers }) => holdsOne(decodeURIComponent(url)) || holdsOne(JSON.stringify(headers)))
        .map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`);
      assert.deepEqual([...new Set(leaks)], []);
    });
    await then('no metrics page does', async () => {
      for (const service of platformServices) {
        const response = await fetch(`${world.urlOf(service)}/metrics`);
        assert.ok(!holdsOne(await response.text()), service);
      }
    });
    await then('no key or header of an event does, traces among them', async () => {
      const rows = await world.installation.query<{ outside: string }>(
        `SELECT concat_ws(' ', type, key, tenant, producer, traceparent, id) AS outside FROM event_log.event`,
      );
      assert.notEqual(rows.length, 0);
      assert.ok(!rows.some(({ outside }) => holdsOne(outside)));
    });
    await then(
      'no table of the index or of the consent register does, nor of any service outside the clinical and the audit store',
      async () => {
        const tables = await world.installation.query<{ schema: string; name: string }>(
          `SELECT table_schema AS schema, table_name AS name FROM information_schema.tables
         WHERE table_type = 'BASE TABLE' AND table_schema NOT IN
           ('pg_catalog', 'information_schema', 'event_log', 'record', 'ingest', 'audit')`,
        );
        assert.ok(tables.some(({ schema }) => schema === 'reference_index'));
        const leaking: string[] = [];
        for (const { schema, name } of tables) {
          const [row] = await world.installation.query<{ count: number }>(
            `SELECT count(*)::int AS count FROM "${schema}"."${name}" AS t
           WHERE t::text LIKE '%${patientA}%' OR t::text LIKE '%${patientB}%'`,
          );
          if ((row?.count ?? 0) > 0) leaking.push(`${schema}.${name}`);
        }
        assert.deepEqual(leaking, []);
      },
    );
  },
};

/** In the text itself or in what it holds in base64url, as tokens do. */
function holdsOne(text: string): boolean {
  const encoded = (text.match(/[\w-]{12,}/g) ?? []).map((part) =>
    Buffer.from(part, 'base64url').toString('latin1'),
  );
  return [text, ...encoded].some((reading) => numbers.some((number) => reading.includes(number)));
}
