import { mappingVersionSystem, type FhirResource } from '@samenhang/data-model';
import { describe, expect, it } from 'vitest';
import { tagMappingVersion, withoutMappingVersion } from './mapping-version-tag.js';
import { serialiseResource } from './resource-body.js';

describe('the version of the mapping', () => {
  const observation = {
    resourceType: 'Observation',
    id: 'o',
    meta: { source: 'urn:x', profile: ['p'] },
    status: 'final',
  };
  const tagged = (version: string): FhirResource => tagMappingVersion(observation, version);
  const tagsOf = ({ meta }: FhirResource): unknown[] => (meta as { tag: unknown[] }).tag;

  it('stands in a tag beside others, without the time of a replay, and makes no new version by itself', () => {
    const made = tagged('2026.11.3+tables.2.20261122100000000');
    expect(made['meta']).toEqual({
      ...observation.meta,
      tag: [{ system: mappingVersionSystem, code: '2026.11.3+tables.2' }],
    });
    const base = { system: 'urn:tags', code: 'no-zib' };
    const other = tagMappingVersion({ ...made, meta: { tag: [base, ...tagsOf(made)] } }, '2027.1.1');
    expect(tagsOf(other)).toEqual([base, { system: mappingVersionSystem, code: '2027.1.1' }]);
    expect(withoutMappingVersion(made)).toEqual(observation);
    const hashes = [observation, made, tagged('2027.1.1')].map((one) => serialiseResource(one).contentHash);
    expect(new Set(hashes).size).toBe(1);
    expect(serialiseResource(made).bodyOf(1, new Date(0))).toContain('"code":"2026.11.3+tables.2"');
  });
});
