import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getUra, type SourceId } from '@samenhang/data-model';
import { currentMapping, mappingVersion, normaliseMessage, type SourceMessage } from '@samenhang/mapping';
import { readRelease, ReleaseThread, type WrittenMessage } from '@samenhang/normalise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildRelease, type BuiltRelease } from '../build-release.mjs';

const OLD = '2025.1.7';
/** The mapping of a year ago, which knew no code of the zib for gender. */
const oldRules = (code: string): string =>
  code
    .replace(`mappingVersion = '${mappingVersion}'`, `mappingVersion = '${OLD}'`)
    .replace('  shapeGender(patient, context);\n', '');

const settings = {
  localIdentifierSystem: 'https://noord.example/patients',
  timeZone: 'Europe/Amsterdam',
  defaultCharset: 'UNICODE UTF-8',
  displayName: 'Noord',
};
const source = { tenant: getUra('22222222'), sourceId: 'lis' as SourceId, settings };
const hl7: SourceMessage = {
  ...source,
  format: 'hl7v2',
  content: Buffer.from(
    [
      'MSH|^~\\&|LIS|N|S|L|20260301||ORU^R01|1|P|2.5|||||NLD|UNICODE UTF-8',
      'PID|1||900186021^^^NLMINBIZA^NNNLD||Jansen^Piet||19700101|M',
      'OBR|1|P1|F1|24323-8^Panel^LN|||202607010815|||||||||||||||||CH|F',
      'OBX|1|NM|2345-7^Glucose^LN||5,60|mmol/l||H|||F',
      '',
    ].join('\r'),
  ),
};
const fhir: SourceMessage = {
  ...source,
  format: 'fhir-r4',
  content: Buffer.from(
    '{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},' +
      '"subject":{"reference":"Patient/p"},"effectiveDateTime":"2026-01-02","valueQuantity":{"value":81.10,"unit":"kg"}}',
  ),
};

function bodiesOf(written: WrittenMessage): string[] {
  if (written.outcome === 'rejected') throw new Error(written.issues[0]?.code);
  return written.changes.flatMap((change) => (change.action === 'put' ? [change.body] : []));
}

function bodiesOfNow(message: SourceMessage): string[] {
  const result = normaliseMessage(message, currentMapping);
  if (result.outcome === 'rejected') throw new Error(result.issues[0]?.code);
  return result.changes.flatMap((change) =>
    change.action === 'put' ? [JSON.stringify(change.resource)] : [],
  );
}

describe('a release of the mapping', () => {
  let folder: string;
  let old: BuiltRelease;
  const threads: ReleaseThread[] = [];
  const start = async (version: string, tables?: object, hashing = true): Promise<ReleaseThread> => {
    const set = tables === undefined ? {} : { tables: { version: 3, files: { ...tables } } };
    const release = await readRelease(folder, version);
    const thread = await ReleaseThread.start(release, { ...set, hashing, limitMs: 60_000 });
    threads.push(thread);
    return thread;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mapping-releases-'));
    old = await buildRelease({ out: folder, change: oldRules });
    await buildRelease({ out: folder });
  }, 120_000);
  afterAll(async () => {
    for (const thread of threads) await thread.close();
    await rm(folder, { recursive: true });
  });

  it('has the same bytes each time it is made of the same sources', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'mapping-again-'));
    expect((await buildRelease({ out: elsewhere, change: oldRules })).manifest).toEqual(old.manifest);
    await rm(elsewhere, { recursive: true });
  });

  it('gives the bytes of the rules that it was made of', async () => {
    const thread = await start(mappingVersion, undefined, false);
    expect(thread.version).toBe(mappingVersion);
    for (const message of [hl7, fhir])
      expect(bodiesOf(await thread.map(message, '2026-03-01T12:00:00Z'))).toEqual(bodiesOfNow(message));
    expect(bodiesOf(await thread.map(fhir, '2026-03-01T12:00:00Z')).join()).toContain('81.10');
  });

  it('keeps its rules when those of now are others', async () => {
    const thread = await start(OLD, undefined, false);
    expect(thread.version).toBe(OLD);
    const [then, now] = [bodiesOf(await thread.map(hl7, '2026-03-01T12:00:00Z')), bodiesOfNow(hl7)];
    const differing = now.filter((body) => !then.includes(body));
    expect(differing).toHaveLength(1);
    expect(differing[0]).toContain('_gender');
    expect(then.join()).not.toContain('_gender');
    expect(then).toHaveLength(now.length);
  });

  it('maps by a set of tables, and names both', async () => {
    const units = { units: { exact: [], folded: { 'mmol/l': 'umol/L' } } };
    const thread = await start(OLD, units, false);
    expect(thread.version).toBe(`${OLD}+tables.3`);
    expect(bodiesOf(await thread.map(hl7, '2026-03-01T12:00:00Z')).join()).toContain('"code":"umol/L"');
    await expect(start(OLD, { units: { folded: 3 } })).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('maps by pinned answers of a terminology server, which no table has', async () => {
    const translation = {
      binding: 'TestCode',
      system: 'http://hl7.org/fhir/sid/icd-9-cm',
      code: '790.21',
      target: { system: 'http://loinc.org', code: '1558-6', display: 'Fasting glucose' },
    } as const;
    const terms = { version: 4, translations: [translation] };
    const message = {
      ...hl7,
      content: Buffer.from(hl7.content.toString().replace('2345-7^Glucose^LN', '790.21^Glucose^I9C')),
    };
    const release = await readRelease(folder, OLD);
    const thread = await ReleaseThread.start(release, { terms, hashing: false, limitMs: 60_000 });
    threads.push(thread);
    expect(thread.version).toBe(`${OLD}+tables.0.terms.4`);
    const bodies = bodiesOf(await thread.map(message, '2026-03-01T12:00:00Z')).join();
    expect(bodies).toContain('{"system":"http://loinc.org","code":"1558-6","display":"Fasting glucose"}');
    expect(bodies).toContain('"790.21"');
  });

  it('asks the service for hashes, of each message by the key of its tenant', async () => {
    const thread = await start(mappingVersion);
    const keyed = (key: string): SourceMessage => ({ ...hl7, hashBsn: (bsn) => `${key}${bsn.length}` });
    const [one, other] = await Promise.all(
      ['a', 'b'].map(async (key) => bodiesOf(await thread.map(keyed(key), '2026-03-01T12:00:00Z'))),
    );
    expect(one).toEqual(bodiesOfNow(keyed('a')));
    expect(other).toEqual(bodiesOfNow(keyed('b')));
    expect(one).not.toEqual(other);
  });

  it('rejects what takes too long, and ends', async () => {
    const endless = await mkdtemp(join(tmpdir(), 'mapping-endless-'));
    await buildRelease({
      out: endless,
      change: (code) =>
        code.replace('const source: SourceMessage = {', 'for (;;);\n    const source: SourceMessage = {'),
    });
    const release = await readRelease(endless, mappingVersion);
    await rm(endless, { recursive: true });
    const thread = await ReleaseThread.start(release, { hashing: true, limitMs: 50 });
    threads.push(thread);
    const rejected = { outcome: 'rejected', issues: [{ code: 'mapping-failed' }] };
    expect(await thread.map(hl7, '2026-03-01T12:00:00Z')).toMatchObject(rejected);
    expect(thread.ended).toBe(true);
    expect(await thread.map(hl7, '2026-03-01T12:00:00Z')).toMatchObject(rejected);
  });

  it('is refused when it is not there or not what its manifest says', async () => {
    await expect(readRelease(folder, '1.0.0')).rejects.toMatchObject({
      kind: 'not-found',
      message: `There is no mapping release 1.0.0; of earlier releases there are ${OLD}, ${mappingVersion}`,
    });
    await expect(readRelease(folder, '../elsewhere')).rejects.toMatchObject({ kind: 'not-found' });
    const changed = await mkdtemp(join(tmpdir(), 'mapping-changed-'));
    const { folder: release } = await buildRelease({ out: changed });
    await appendFile(join(release, 'mapping.mjs'), '\n// one more line\n');
    await expect(readRelease(changed, mappingVersion)).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringContaining('digest') as string,
    });
    await rm(changed, { recursive: true });
  });

  it('says which tables it holds', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(old.folder, 'manifest.json'), 'utf8'));
    expect(manifest).toEqual(old.manifest);
    expect(old.manifest.tables.files).toEqual(expect.arrayContaining(['units', 'code-maps']));
  });
});
