import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mappingVersion } from '@samenhang/mapping';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { buildRelease } from '../../mapping/build-release.mjs';
import { MllpSender } from '../src/index.js';
import { RunningFlow } from './running-flow.js';

const OLD = '2025.1.7';
const oldRules = (code: string): string =>
  code
    .replace(`mappingVersion = '${mappingVersion}'`, `mappingVersion = '${OLD}'`)
    .replace('  shapeGender(patient, context);\n', '');

const admission = [
  'MSH|^~\\&|HIS|HOSPITAL|SAMENHANG|NODE|20261121080000||ADT^A01^ADT_A01|M1|P|2.5|||||NLD|UNICODE UTF-8',
  'EVN|A01|20261121080000',
  'PID|1||100^^^HOSPITAL^PI~900186021^^^NLMINBIZA^NNNLD||Jansen^Piet||19700101|M',
  '',
].join('\r');

interface Held {
  readonly body: string;
  readonly version: number;
  readonly mapping_version: string;
}

describe('a message under the rules of an earlier release', () => {
  let releases: string;
  let flow: RunningFlow;

  beforeAll(async () => {
    releases = await mkdtemp(join(tmpdir(), 'mapping-releases-'));
    await buildRelease({ out: releases, change: oldRules });
    flow = await RunningFlow.start({ MAPPING_RELEASES: releases });
    const sender = new MllpSender({ host: '127.0.0.1', port: await flow.declareMllp('his') });
    expect((await sender.send(admission)).code).toBe('AA');
    sender.close();
    await flow.settled();
  }, 180_000);
  afterAll(async () => {
    await flow.stop();
    await rm(releases, { recursive: true });
  });

  /** The patient as the record holds it, without what the record itself says of it. */
  const held = async (): Promise<Held> => {
    const [row] = await flow.rows<Held>(
      `SELECT body, version, mapping_version FROM record.resource WHERE type = 'Patient'`,
    );
    const body = row?.body.replace(/"versionId":"\d+","lastUpdated":"[^"]+",?/, '') ?? '';
    return { body, version: row?.version ?? 0, mapping_version: row?.mapping_version ?? '' };
  };
  const replay = async (order: object): Promise<void> => {
    const { status, body } = await flow.request('ingest', 'POST', '/replays', { source: 'his', ...order });
    expect(status).toBe(202);
    await vi.waitFor(
      async () => {
        const run = await flow.request('ingest', 'GET', `/replays/${String(body['id'])}`);
        expect(run.body).toMatchObject({ state: 'done', replayed: 1 });
      },
      { timeout: 90_000, interval: 100 },
    );
    await flow.settled();
  };

  it('is shown, replayed and taken back, each time to the byte', async () => {
    const now = await held();
    expect(now).toMatchObject({ version: 1, mapping_version: mappingVersion });
    expect(now.body).toContain('_gender');

    const shown = await flow.request<{ messages: object[] }>('ingest', 'POST', '/replays/dry-run', {
      source: 'his',
      mapBy: OLD,
    });
    expect(shown.body.messages).toMatchObject([
      { resources: [{ resourceType: 'Patient', action: 'changed', elements: ['_gender'] }] },
    ]);
    expect(await held()).toEqual(now);

    await replay({ mapBy: OLD });
    const then = await held();
    expect(then.mapping_version).toMatch(new RegExp(`^${OLD}\\+\\d{17}$`));
    expect(then.body).not.toContain('_gender');

    await replay({});
    const again = await held();
    expect(again.body).toBe(now.body);

    // By the name that the record gave it, and only what the newest rules made.
    await replay({ mapBy: then.mapping_version, mappingVersion });
    expect((await held()).body).toBe(then.body);
  }, 300_000);

  it('is refused with the versions that there are when the one asked for is not', async () => {
    for (const path of ['/replays', '/replays/dry-run']) {
      const order = { source: 'his', mapBy: '2020.1.1' };
      const { status, body } = await flow.request('ingest', 'POST', path, order);
      expect(status).toBe(422);
      expect(body['detail']).toBe(
        `There is no mapping release 2020.1.1; of earlier releases there are ${OLD}`,
      );
    }
  });
});
