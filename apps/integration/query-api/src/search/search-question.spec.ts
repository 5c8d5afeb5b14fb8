import { identifierSystems, type FhirResource } from '@samenhang/data-model';
import { Failure } from '@samenhang/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { restrictionOf } from '../scopes/smart-scopes.js';
import { readSearchQuestion, type SearchQuestion } from './search-question.js';
import { shapeResource } from './shape-resource.js';
import { searchableTypes } from './searchable-types.js';

const bsn = '900186021';
const person = `${identifierSystems.bsn}|${bsn}`;
const types = searchableTypes.map(({ type }) => type);
const names = searchableTypes.flatMap(({ parameters }) => parameters.map(({ name }) => name));

/** A question, or undefined where it is refused as it should be. @throws whatever else goes wrong */
function read(type: string, criteria: Readonly<Record<string, string>>): SearchQuestion | undefined {
  const naming =
    type === 'Patient' ? 'identifier' : type === 'Coverage' ? 'beneficiary.identifier' : 'patient.identifier';
  try {
    return readSearchQuestion({ type, form: { ...criteria, [naming]: person }, prefer: undefined });
  } catch (failure) {
    expect(failure).toBeInstanceOf(Failure);
    expect(['malformed', 'not-found']).toContain((failure as Failure).kind);
    expect(`${String(failure)} ${JSON.stringify((failure as Failure).issues)}`).not.toContain(bsn);
    return undefined;
  }
}

const value = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'x',
    'http://loinc.org|',
    '|x',
    'a|b|c',
    'ge2020',
    'sa2020-02-30',
    '5.4||u',
    'gt',
    '*',
    '-date',
    'true',
    '0',
    '\\',
    ',',
  ),
);
const name = fc.oneof(
  fc.constantFrom(
    ...names,
    '_sort',
    '_count',
    '_include',
    '_revinclude',
    '_elements',
    '_summary',
    '_total',
    '_has:x',
    '_filter',
  ),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('not', 'missing', 'text', 'exact', 'in', 'below'))
    .map((parts) => parts.join(':')),
  fc.string(),
);
const resource = fc
  .tuple(
    fc.constantFrom(...types),
    fc.dictionary(
      fc.constantFrom(
        'id',
        'code',
        'status',
        'category',
        'onsetDateTime',
        'period',
        'name',
        'valueQuantity',
        'meta',
      ),
      fc.anything(),
    ),
  )
  .map(([resourceType, content]) => ({ ...content, resourceType, id: 'x' }) as FhirResource);

describe('any search', () => {
  it('is understood or refused, and never fails on what a source may say', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.dictionary(name, value, { maxKeys: 4 }),
        resource,
        (type, criteria, one) => {
          const question = read(type, criteria);
          for (const test of question?.tests ?? []) expect(typeof test(one)).toBe('boolean');
          if (question !== undefined)
            expect(shapeResource(one, question.shape).resourceType).toBe(one.resourceType);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('keeps who it is about out of what is shown of it', () => {
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.dictionary(name, value, { maxKeys: 4 }), (type, criteria) => {
        expect(JSON.stringify(read(type, criteria)?.understood ?? [])).not.toContain(bsn);
      }),
    );
  });

  it.each([
    ['an array of nothing', { 'patient.identifier': [] }],
    ['two persons', { 'patient.identifier': [person, `${identifierSystems.bsn}|999901370`] }],
    ['alternatives', { 'patient.identifier': `${person},${identifierSystems.bsn}|999901370` }],
    ['no system', { 'patient.identifier': bsn }],
    ['a failing number', { 'patient.identifier': `${identifierSystems.bsn}|123456789` }],
    ['a deeper chain', { 'patient.link.identifier': person }],
    ['a modifier and a chain', { 'patient:Patient.identifier': person }],
  ])('of %s is refused', (_what, form) => {
    expect(() => readSearchQuestion({ type: 'Condition', form, prefer: undefined })).toThrow(
      expect.objectContaining({ kind: 'malformed' }),
    );
  });
});

describe('SMART scopes', () => {
  it('never give more than without them, and together what each gives', () => {
    const scope = fc
      .tuple(
        fc.constantFrom('patient', 'user', 'system'),
        fc.constantFrom(...types, '*'),
        fc.constantFrom('rs', 'cruds', 'r', 's', 'read', '*', 'x', ''),
        fc.constantFrom(
          '',
          '?status=final',
          '?colour=red',
          '?category=laboratory',
          '?code:text=a',
          '?date=x',
        ),
      )
      .map(([context, type, rights, constraint]) => `${context}/${type}.${rights}${constraint}`);
    fc.assert(
      fc.property(fc.array(scope, { minLength: 1, maxLength: 4 }), resource, (scopes, one) => {
        const together = restrictionOf(new Set(['view:read', ...scopes]))?.permits(one);
        const apart = scopes.map((single) => restrictionOf(new Set([single]))?.permits(one));
        expect(together).toBe(apart.includes(true));
      }),
    );
  });

  it.each([
    'patient/Observation',
    'patient/observation.rs',
    'patient/Observation.sr',
    'patient/*.rs?status=final',
    'patient/Medication.rs?code=x',
    'patient/',
  ])('%s covers nothing', (scope) => {
    const restriction = restrictionOf(new Set(['view:read', scope]));
    for (const resourceType of ['Observation', 'Medication', 'Patient'])
      expect(restriction?.permits({ resourceType, id: 'x', status: 'final' })).toBe(false);
  });

  it('are not missed: other scopes narrow nothing', () => {
    expect(restrictionOf(new Set(['view:read']))).toBeUndefined();
  });
});
