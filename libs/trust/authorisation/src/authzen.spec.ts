import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvaluationRequestError, readEvaluation, readEvaluations } from './authzen.js';
import { loadPolicies } from './decision-point.js';

const evaluation = {
  subject: {
    type: 'user',
    id: '000095254',
    properties: {
      client_id: 'ehr',
      scope: 'holder:read',
      organization_ura: '11111111',
      organization_facility_type: 'Z3',
      user_role: '01.015',
      purpose_of_use: 'TREAT',
      treatment_relation: 'asserted',
    },
  },
  action: { name: 'search-type' },
  resource: {
    type: 'data-category',
    id: 'Condition',
    properties: { data_holder_organization_id: '22222222', data_holder_facility_type: 'V4' },
  },
};

describe('an evaluation in the form of AuthZEN', () => {
  it('asks the policy of its action', async () => {
    const point = await loadPolicies();
    expect(point.decide(readEvaluation(evaluation)).allow).toBe(true);
    const elsewhere = { ...evaluation, context: { patient_matches: false } };
    expect(point.decide(readEvaluation(elsewhere)).reasons).toMatchObject([
      { code: 'no_treatment_relation' },
    ]);
    expect(readEvaluation({ ...evaluation, action: { name: 'localise' } }).policy).toBe('localise');
    expect(readEvaluation({ ...evaluation, action: { name: 'create' } }).policy).toBe('registration');
  });

  it('is about its subject, whatever the properties say', () => {
    const properties = { ...evaluation.subject.properties, user_id: '999999999' };
    const { subject } = readEvaluation({ ...evaluation, subject: { ...evaluation.subject, properties } });
    expect(subject.user_id).toBe('000095254');
    const system = readEvaluation({ ...evaluation, subject: { type: 'system', id: 'registrar' } });
    expect(system.subject).toEqual({ client_id: 'registrar', scope: '' });
  });

  it('passes on nothing that it does not know', () => {
    const properties = { ...evaluation.subject.properties, bsn: '900186021' };
    const input = readEvaluation({ ...evaluation, subject: { ...evaluation.subject, properties } });
    expect(JSON.stringify(input)).not.toContain('900186021');
  });

  it.each<[string, unknown]>([
    ['no object', []],
    ['no subject', { ...evaluation, subject: undefined }],
    ['a subject of another type', { ...evaluation, subject: { type: 'dog', id: 'x' } }],
    ['a subject without id', { ...evaluation, subject: { type: 'user' } }],
    ['another action', { ...evaluation, action: { name: 'toString' } }],
    ['another resource', { ...evaluation, resource: { type: 'thing', id: 'x' } }],
    ['another category', { ...evaluation, resource: { type: 'data-category', id: 'Everything' } }],
    ['a number for a text', { ...evaluation, subject: { type: 'user', id: 'x', properties: { scope: 1 } } }],
    [
      'a text for a time',
      { ...evaluation, subject: { type: 'user', id: 'x', properties: { emergency_until: '1' } } },
    ],
    ['a text for a truth', { ...evaluation, context: { patient_matches: 'true' } }],
  ])('refuses %s', (_, body) => {
    expect(() => readEvaluation(body)).toThrow(EvaluationRequestError);
  });

  it('never ends otherwise than in an input or a refusal that tells no value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (subject, resource) => {
        try {
          readEvaluation({ ...evaluation, subject, resource });
        } catch (error) {
          expect(error).toBeInstanceOf(EvaluationRequestError);
        }
      }),
    );
  });
});

describe('several evaluations', () => {
  it('take what they leave out from the request', () => {
    const { evaluations, semantic } = readEvaluations({
      ...evaluation,
      evaluations: [{}, { resource: { type: 'data-category', id: 'Encounter' } }],
    });
    expect(evaluations.map(({ context }) => context.data_category)).toEqual(['Condition', 'Encounter']);
    expect(semantic).toBe('execute_all');
  });

  it.each<[string, object]>([
    ['none', { evaluations: [] }],
    ['too many', { evaluations: Array.from({ length: 101 }, () => ({})) }],
    ['something else', { evaluations: {} }],
    ['an unknown way to go on', { evaluations: [{}], options: { evaluations_semantic: 'whenever' } }],
  ])('refuse %s', (_, change) => {
    expect(() => readEvaluations({ ...evaluation, ...change })).toThrow(EvaluationRequestError);
  });
});
