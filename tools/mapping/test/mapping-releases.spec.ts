import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra, type SourceId } from '@samenhang/data-model';
import { mappingVersion, type SourceMessage } from '@samenhang/mapping';
import { MappingReleases } from '@samenhang/normalise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildRelease } from '../build-release.mjs';

const versions = ['2025.1.1', '2025.2.1', '2025.3.1', '2025.4.1'];
const message: SourceMessage = {
  tenant: getUra('22222222'),
  sourceId: 'epd' as SourceId,
  format: 'hl7v2',
  settings: {
    localIdentifierSystem: 'https://noord.example/patients',
    timeZone: 'Europe/Amsterdam',
    defaultCharset: 'UNICODE UTF-8',
    displayName: 'Noord',
  },
  hashBsn: (bsn) => bsn,
  content: Buffer.from('MSH|^~\\&|EPD|N|S|L|20260301||ADT^A01|1|P|2.5\rPID|1||1234567^^^^PI||Jansen\r'),
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mapping-releases-'));
  for (const version of versions)
    await buildRelease({
      out: folder,
      change: (code) => code.replace(`mappingVersion = '${mappingVersion}'`, `mappingVersion = '${version}'`),
    });
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

it('maps every message by the version that was asked for, however many versions are in use at once', async () => {
  const transaction = { query: () => Promise.resolve([]) };
  const releases = MappingReleases.of(folder);
  const all = await Promise.all(versions.map((version) => releases.named(transaction, version)));
  expect(all.map(({ version }) => version)).toEqual(versions);
  const rounds = Array.from({ length: 4 }, () => all).flat();
  const written = await Promise.all(rounds.map(async (one) => one.map(message, '2026-03-01T12:00:00Z')));
  expect(written.map(({ outcome }) => outcome)).toEqual(rounds.map(() => 'accepted'));
  await releases.onModuleDestroy();
}, 300_000);
