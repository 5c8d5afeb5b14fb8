import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { referenceIndexRecipient } from '@samenhang/oprf';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createList,
  custodiansIn,
  hospital,
  listOf,
  pharmacy,
  professional,
  search,
  subject,
} from './index-requests.js';
import { startIndex, type RunningIndex } from './running-index.js';
import { sealToken, type TokenOptions } from './sealed-token.js';

type Versions = NonNullable<TokenOptions['versions']>;

const persons = Array.from({ length: 24 }, (_unused, index) => String(900_000_000 + index));
let index: RunningIndex;
beforeAll(async () => {
  index = await startIndex({ REKEYING_SWEEP_SECONDS: '1', REKEYING_RELEASE_SECONDS: '1' });
});
afterAll(() => index.stop());
beforeEach(() => index.query('TRUNCATE registration, pseudonym_successor, key_version_seen'));

async function register(person: string, versions: Versions, claims = hospital): Promise<number> {
  const options = { versions, organisation: claims.organization_ura };
  const { text } = await sealToken(index, person, options);
  const list = listOf(text, {}, 'Condition', claims.organization_ura);
  const source = new URLSearchParams({ 'source:identifier': 'samenhang-record', code: 'Condition' });
  return (await createList(index, list, claims, { 'if-none-exist': source.toString() })).status;
}

async function locate(person: string, versions: Versions): Promise<string[]> {
  const { text } = await sealToken(index, person, { versions, organisation: '11111111' });
  return custodiansIn(await search(index, { 'subject:identifier': subject(text) }, professional));
}

const versionsStored = async () =>
  (await index.query<{ v: number }>('SELECT DISTINCT key_version AS v FROM registration ORDER BY 1')).map(
    ({ v }) => v,
  );

describe('a change of the pseudonymisation key', () => {
  it('moves a person’s registrations of all custodians when one of them comes back, under the same ids', async () => {
    await register('999990007', 'first');
    await register('999990007', 'first', pharmacy);
    const ids = () => index.query('SELECT id FROM registration ORDER BY id');
    const before = await ids();
    expect(await register('999990007', 'overlap')).toBe(200);
    expect(await ids()).toEqual(before);
    expect(await versionsStored()).toEqual([2]);
    for (const versions of ['first', 'overlap', 'second'] as const)
      expect(await locate('999990007', versions), versions).toEqual(['22222222', '44444444']);
  });

  it('moves them at a lookup as well', async () => {
    await register('999990007', 'first');
    expect(await locate('999990007', 'second')).toEqual([]);
    expect(await locate('999990007', 'overlap')).toEqual(['22222222']);
    expect(await locate('999990007', 'second')).toEqual(['22222222']);
  });

  it('registers once under whichever version a token carries', async () => {
    await register('999990007', 'overlap');
    expect(await register('999990007', 'first')).toBe(200);
    expect(await register('999990007', 'second')).toBe(200);
    expect(await index.query('SELECT 1 FROM registration')).toHaveLength(1);
  });

  it('sweeps up what was registered at the moment of the change', async () => {
    await register('999990007', 'overlap', pharmacy);
    await register('999990007', 'first');
    // As a transaction leaves it that did not see the successor yet.
    await index.query(
      `UPDATE registration SET pseudonym_hash = (SELECT old_hash FROM pseudonym_successor), key_version = 1
        WHERE custodian = '22222222'`,
    );
    expect(await locate('999990007', 'second')).toEqual(['44444444']);
    await expect.poll(() => locate('999990007', 'second'), { timeout: 5_000 }).toHaveLength(2);
  });

  it('leaves nothing out of reach at any moment, under load, and then needs the old key no more', async () => {
    for (const person of persons) await register(person, 'first');
    let moving = true;
    let lookups = 0;
    const look = async (): Promise<void> => {
      while (moving) {
        const person = persons[randomInt(persons.length)] ?? '';
        const found = await locate(person, randomInt(2) === 0 ? 'first' : 'overlap');
        expect(found).toEqual(['22222222']);
        lookups += 1;
      }
    };
    const readers = Array.from({ length: 4 }, look);
    const registrar = async (own: readonly string[]): Promise<void> => {
      for (const person of own) expect(await register(person, 'overlap')).toBe(200);
    };
    await Promise.all([registrar(persons), registrar([...persons].reverse())]);
    moving = false;
    await Promise.all(readers);
    expect(lookups).toBeGreaterThan(10);
    expect(await versionsStored()).toEqual([2]);
    for (const person of persons) expect(await locate(person, 'second')).toEqual(['22222222']);
    expect(await index.query('SELECT 1 FROM registration')).toHaveLength(persons.length);
  });

  it('is reported as finished, once, when nothing is kept under the old version any more', async () => {
    const before = index.releases.length;
    // The service remembers that it noted the version in a test before.
    await index.query('INSERT INTO key_version_seen (version) VALUES (2)');
    await register('999990007', 'first');
    await register('999911120', 'first', pharmacy);
    await register('999990007', 'overlap');
    await delay(2_500);
    expect(index.releases).toHaveLength(before);
    await register('999911120', 'overlap', pharmacy);
    await expect.poll(() => index.releases.length, { timeout: 5_000 }).toBe(before + 1);
    await delay(2_500);
    const recipientScope = referenceIndexRecipient.scope;
    const recipientOrganization = referenceIndexRecipient.organisation;
    expect(index.releases.slice(before)).toEqual([{ recipientOrganization, recipientScope, version: 1 }]);
  });

  it.each([
    ['a version that is not older', { key_version: 1, extra_versions: { 1: 'A' } }],
    ['no element', { key_version: 2, extra_versions: { 1: '' } }],
  ])('accepts no token with %s among the older versions', async (_name, claims) => {
    const { text } = await sealToken(index, '999990007', { claims });
    expect((await createList(index, listOf(text))).status).toBe(400);
  });
});
