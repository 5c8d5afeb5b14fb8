import { validateResource } from '@samenhang/fhir-r4';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  capabilityStatement,
  categoriesAskedFor,
  checkSearch,
  decodeCursor,
  encodeCursor,
  findReference,
  parseDate,
  parsePrefer,
  parseSearchParameters,
  parseToken,
  patientQuestionOf,
  searchUrl,
  writeSearchset,
  type ResourceDefinition,
} from './index.js';

const base = 'http://127.0.0.1:8608/tenants/22222222/fhir';
const definition: ResourceDefinition = {
  type: 'Observation',
  interactions: ['read', 'search-type'],
  searchParameters: [
    {
      name: 'patient',
      type: 'reference',
      definition: 'http://hl7.org/fhir/SearchParameter/clinical-patient',
    },
    { name: 'code', type: 'token', definition: 'http://hl7.org/fhir/SearchParameter/clinical-code' },
  ],
  includes: ['Observation:performer'],
};

describe('search parameters', () => {
  it('keeps AND, OR, modifiers, chains and escapes apart', () => {
    expect(
      parseSearchParameters({ code: ['a,b', 'c\\,d'], 'name:exact': 'x' }, { 'patient.identifier': '1' }),
    ).toEqual([
      { name: 'code', values: ['a', 'b'] },
      { name: 'code', values: ['c\\,d'] },
      { name: 'name', modifier: 'exact', values: ['x'] },
      { name: 'patient', chain: 'identifier', values: ['1'] },
    ]);
  });

  it('reads the four forms of a token', () => {
    expect(parseToken('8302-2')).toEqual({ code: '8302-2' });
    expect(parseToken('http://loinc.org|8302-2')).toEqual({ system: 'http://loinc.org', code: '8302-2' });
    expect(parseToken('|8302-2')).toEqual({ system: '', code: '8302-2' });
    expect(parseToken('http://loinc.org|')).toEqual({ system: 'http://loinc.org' });
    expect(parseToken('urn:x|a\\|b')).toEqual({ system: 'urn:x', code: 'a|b' });
    expect(() => parseToken('a|b|c')).toThrow('at most one');
  });

  it('reads prefixes and refuses what is no date', () => {
    expect(parseDate('ge2026-07', 'date')).toMatchObject({
      prefix: 'ge',
      from: Date.parse('2026-06-30T22:00:00Z'),
    });
    expect(parseDate('2026', 'date').prefix).toBe('eq');
    expect(() => parseDate('gisteren', 'date')).toThrow('date');
  });

  it('reads references to this server only', () => {
    expect(findReference('abc', base)).toEqual({ id: 'abc' });
    expect(findReference(`${base}/Patient/abc`, base)).toEqual({ type: 'Patient', id: 'abc' });
    expect(findReference('http://elsewhere/Patient/abc', base)).toBeUndefined();
    expect(findReference('Patient/../x', base)).toBeUndefined();
    expect(findReference('Thing/abc', base)).toBeUndefined();
  });

  it('ignores the unknown leniently and refuses it strictly', () => {
    const parameters = parseSearchParameters({
      patient: 'Patient/1',
      colour: 'red',
      'code:in': 'x',
      _include: 'Observation:performer',
    });
    expect(checkSearch(definition, parameters, { handling: 'lenient' }).ignored).toEqual([
      'colour',
      'code:in',
    ]);
    expect(() => checkSearch(definition, parameters, parsePrefer('respond-async, handling=strict'))).toThrow(
      'not supported',
    );
    expect(parsePrefer(undefined).handling).toBe('lenient');
  });
});

describe('the one patient of a search', () => {
  const question = (type: string, raw: Record<string, string | string[]>) =>
    patientQuestionOf(type, parseSearchParameters(raw), base);

  it('is named by reference, or by identifier for Patient', () => {
    expect(question('Observation', { patient: 'Patient/1' })).toEqual({ by: 'id', id: '1' });
    expect(question('Observation', { patient: '1', subject: `${base}/Patient/1` })).toEqual({
      by: 'id',
      id: '1',
    });
    expect(question('Patient', { identifier: 'urn:x|7' })).toEqual({
      by: 'identifier',
      system: 'urn:x',
      value: '7',
    });
    expect(question('Patient', { _id: '7' })).toEqual({ by: 'id', id: '7' });
  });

  it.each<[string, string, Record<string, string | string[]>]>([
    ['nobody', 'Observation', { code: 'x' }],
    ['alternatives', 'Observation', { patient: 'Patient/1,Patient/2' }],
    ['repetition', 'Observation', { patient: ['Patient/1', 'Patient/2'] }],
    ['two names', 'Observation', { patient: 'Patient/1', subject: 'Patient/2' }],
    ['a chain', 'Observation', { 'subject.identifier': 'urn:x|7' }],
    ['a modifier', 'Observation', { 'subject:identifier': 'urn:x|7' }],
    ['another type', 'Observation', { subject: 'Group/1' }],
    ['identifier without system', 'Patient', { identifier: '900186021' }],
    ['identifier and another id', 'Patient', { identifier: 'urn:x|7', _id: '8' }],
    ['a path', 'Observation', { patient: '../Patient/1' }],
  ])('refuses %s', (_, type, raw) => {
    expect(() => question(type, raw)).toThrow();
  });

  it('gives the categories a search could deliver', () => {
    const asked = (type: string, raw: Record<string, string | string[]>) =>
      categoriesAskedFor(type, parseSearchParameters(raw));
    expect(asked('Condition', {})).toEqual(['Condition']);
    expect(asked('Observation', {})).toEqual(['ObservationLaboratory', 'ObservationVitalSigns']);
    expect(asked('Observation', { category: 'laboratory' })).toEqual(['ObservationLaboratory']);
    expect(asked('Observation', { category: 'urn:x|laboratory,vital-signs' })).toHaveLength(2);
    expect(asked('Observation', { category: 'http://snomed.info/sct|275711006' })).toHaveLength(2);
    expect(asked('Observation', { category: ['laboratory', 'vital-signs'] })).toEqual([]);
    expect(asked('Device', {})).toEqual([]);
  });
});

describe('answers', () => {
  const body =
    '{"resourceType":"Observation","id":"1","status":"final","code":{"text":"K"},"valueQuantity":{"value":1.10}}';

  it('splices stored text into a valid Bundle, digits unchanged', () => {
    const parameters = parseSearchParameters({ patient: 'Patient/1', identifier: 'urn:x|900186021' });
    const next = searchUrl(base, 'Observation', parameters, encodeCursor([1, 'a']));
    const entries = [{ fullUrl: `${base}/Observation/1`, body, mode: 'match' as const }];
    const text = [
      ...writeSearchset({
        self: searchUrl(base, 'Observation', parameters),
        next,
        total: 1,
        entries,
        ignored: ['colour'],
      }),
    ].join('');
    expect(text).toContain('"value":1.10');
    expect(text).not.toContain('900186021');
    expect(validateResource(JSON.parse(text))).toEqual([]);
    const empty = [...writeSearchset({ self: base, entries: [] })].join('');
    expect(validateResource(JSON.parse(empty))).toEqual([]);
  });

  it('gives cursors back as they were, and refuses others', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer(), fc.constant(null))), (parts) => {
        expect(decodeCursor(encodeCursor(parts), parts.length)).toEqual(parts);
      }),
    );
    expect(() => decodeCursor('e30', 2)).toThrow('cursor');
    expect(() => decodeCursor('%%%', 2)).toThrow('cursor');
  });

  it('describes the server in a valid CapabilityStatement', () => {
    const statement = capabilityStatement({
      title: 'Record',
      version: '0.1.0',
      base,
      date: '2026-11-22',
      resources: [definition],
    });
    expect(validateResource(statement)).toEqual([]);
  });
});
