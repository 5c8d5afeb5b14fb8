import { describe, expect, it } from 'vitest';
import { indexResource } from './index-resource.js';
import { serialiseResource } from './resource-body.js';
import { compareStamps } from './source-order.js';
import { presenceHash, searchedHash } from './token-hash.js';

const observation = {
  resourceType: 'Observation',
  id: 'o1',
  meta: { source: 'urn:x#1', versionId: '9', profile: ['p'] },
  status: 'final',
  category: [{ coding: [{ system: 's', code: 'laboratory' }] }],
  code: { coding: [{ code: 'local' }, { system: 'http://loinc.org', code: '2823-3' }] },
  performer: [
    { reference: 'Organization/lab' },
    { reference: 'http://elsewhere/Organization/x' },
    { display: 'x' },
  ],
  effectivePeriod: { start: '2026-11-20' },
};

describe('what is extracted from a resource', () => {
  const index = indexResource(observation);

  it('finds tokens in each of their spellings', () => {
    const has = (name: string, token: { system?: string; code?: string }) =>
      index.tokens.includes(searchedHash(name, token));
    expect(has('code', { code: '2823-3' })).toBe(true);
    expect(has('code', { system: 'http://loinc.org', code: '2823-3' })).toBe(true);
    expect(has('code', { system: 'http://loinc.org' })).toBe(true);
    expect(has('code', { system: '', code: 'local' })).toBe(true);
    expect(has('code', { system: '', code: '2823-3' })).toBe(false);
    expect(has('category', { code: '2823-3' })).toBe(false);
    expect(has('status', { code: 'final' })).toBe(true);
  });

  it('keeps the time a fact covers, open where the source left it open', () => {
    expect(index).toMatchObject({ effectiveFrom: '2026-11-19T23:00:00.000Z', effectiveUntil: 'infinity' });
    expect(indexResource({ ...observation, effectivePeriod: undefined }).effectiveFrom).toBeNull();
  });

  it('keeps a date that its zone carries out of what can be written', () => {
    const ancient = { ...observation, effectivePeriod: undefined, effectiveDateTime: '0001-01-01' };
    expect(indexResource(ancient)).toMatchObject({ effectiveFrom: '-infinity' });
  });

  it('keeps rarer dates, quantities and texts, and which parameters have a value', () => {
    const weighed = indexResource({
      ...observation,
      valueQuantity: { value: 80.5, unit: 'kg', system: 'http://unitsofmeasure.org', code: 'kg' },
      component: [{ valueCodeableConcept: { text: 'Crème  Brûlée' } }],
    });
    expect(weighed.details).toEqual({
      dates: [],
      quantities: [{ n: 'value-quantity', v: '80.5', s: 'http://unitsofmeasure.org', c: 'kg', u: 'kg' }],
      texts: [{ n: 'component-value-concept', t: 'creme brulee' }],
    });
    expect(weighed.tokens).toContain(presenceHash('value-quantity'));
    expect(index.tokens).not.toContain(presenceHash('value-quantity'));
  });

  it('keeps no number of a citizen', () => {
    const bsn = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '900186021' };
    const plain = indexResource(observation).tokens.length;
    const named = { ...observation, identifier: [bsn], subject: { identifier: bsn } };
    // That there is an identifier and a subject, and nothing of what they are.
    expect(indexResource(named).tokens).toHaveLength(plain + 3);
  });

  it('keeps references, those to elsewhere as their address', () => {
    expect(index.links).toEqual(['performer=Organization/lab', 'performer=http://elsewhere/Organization/x']);
  });

  it('is nothing for types that are not searched', () => {
    expect(indexResource({ resourceType: 'Organization', id: 'x' }).tokens).toEqual([]);
  });
});

describe('the stored text', () => {
  it('states its own version, and is compared without it', () => {
    const one = serialiseResource(observation);
    const other = serialiseResource({
      ...observation,
      meta: { ...observation.meta, source: 'urn:x#2', versionId: '7' },
    });
    expect(one.contentHash).toBe(other.contentHash);
    expect(serialiseResource({ ...observation, status: 'amended' }).contentHash).not.toBe(one.contentHash);
    const at = new Date('2026-11-22T10:00:00Z');
    expect(JSON.parse(one.bodyOf(3, at))).toEqual({
      ...observation,
      meta: { versionId: '3', lastUpdated: at.toISOString(), source: 'urn:x#1', profile: ['p'] },
    });
    expect(JSON.parse(serialiseResource({ resourceType: 'Basic', id: 'x' }).bodyOf(1, at))).toHaveProperty(
      'meta.versionId',
      '1',
    );
  });
});

describe('the order of statements', () => {
  const stamp = { sourceId: 'his', position: 2, receivedAt: '2026-11-22T10:00:00Z', mappingVersion: '1.9.0' };

  it('is the source’s own, then that of mappings; between sources that of receipt', () => {
    expect(
      compareStamps(stamp, { ...stamp, position: 1, receivedAt: '2027-01-01T00:00:00Z' }),
    ).toBeGreaterThan(0);
    expect(compareStamps({ ...stamp, mappingVersion: '1.10.0' }, stamp)).toBeGreaterThan(0);
    expect(compareStamps(stamp, { ...stamp })).toBe(0);
    const replayed = { ...stamp, mappingVersion: '1.8.0+tables.2.20261122100000000' };
    expect(compareStamps(replayed, stamp)).toBeGreaterThan(0);
    expect(compareStamps({ ...stamp, mappingVersion: '1.9.0+20261122100000001' }, replayed)).toBeGreaterThan(
      0,
    );
    expect(
      compareStamps(stamp, { ...stamp, sourceId: 'lab', position: 9, receivedAt: '2026-11-21T10:00:00Z' }),
    ).toBeGreaterThan(0);
  });
});
