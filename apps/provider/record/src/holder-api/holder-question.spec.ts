import { Failure } from '@samenhang/errors';
import type { RawParameters, ResourceDefinition } from '@samenhang/fhir-http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findHolderDefinition } from './holder-definitions.js';
import { readHolderQuestion, type HolderQuestion } from './holder-question.js';

const base = 'http://holder.example/tenants/22222222/fhir';
const OWN = 'own-patient';
const conditions: ResourceDefinition = (() => {
  const definition = findHolderDefinition('Condition');
  if (definition === undefined) throw new Error('Conditions are served');
  return definition;
})();

function read(query: RawParameters, form?: RawParameters, prefer?: string): HolderQuestion | Failure {
  try {
    return readHolderQuestion({ definition: conditions, base, query, form, prefer });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

const other = fc.stringMatching(/^[A-Za-z0-9.-]{1,20}$/).filter((id) => id !== OWN && !/^\d{9}$/.test(id));
const patientName = fc.constantFrom('patient', 'subject');
const reference = (id: string): fc.Arbitrary<string> =>
  fc.constantFrom(id, `Patient/${id}`, `${base}/Patient/${id}`);
const prefer = fc.constantFrom(undefined, 'handling=lenient', 'handling=strict');
/** What a search can be given beside its patient to reach further. */
const further = fc.oneof(
  fc.record({
    name: fc.constantFrom(
      '_revinclude',
      '_has',
      '_query',
      '_filter',
      '_list',
      '_contained',
      '_has:Observation:patient:code',
    ),
    value: fc.string({ minLength: 1 }),
  }),
  fc.record({
    name: fc.constantFrom('subject:Patient.identifier', 'patient.name', 'subject.identifier'),
    value: fc.string({ minLength: 1 }),
  }),
  fc.constant({ name: '_include', value: '*' }),
  fc.constant({ name: '_include', value: 'Condition:*' }),
);

describe('a search that is widened', () => {
  it('with a second patient, wherever and however it is named, is refused', () =>
    fc.assert(
      fc.property(
        patientName,
        patientName,
        other.chain(reference),
        reference(OWN),
        fc.constantFrom('comma', 'repeated', 'form'),
        prefer,
        (first, second, foreign, own, way, preference) => {
          const question =
            way === 'comma'
              ? read({ [first]: `${own},${foreign}` }, undefined, preference)
              : way === 'form'
                ? read({ [first]: own }, { [second]: foreign }, preference)
                : read(
                    first === second ? { [first]: [own, foreign] } : { [first]: own, [second]: foreign },
                    undefined,
                    preference,
                  );
          expect(question).toMatchObject({ kind: 'malformed' });
        },
      ),
    ));

  it('with what reaches beyond the patient is refused, lenient or not', () =>
    fc.assert(
      fc.property(further, prefer, ({ name, value }, preference) => {
        expect(read({ patient: `Patient/${OWN}`, [name]: value }, undefined, preference)).toMatchObject({
          kind: 'malformed',
        });
      }),
    ));

  it('with anything else stays about the one patient, or is refused', () =>
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.string()),
        prefer,
        (parameters, preference) => {
          const question = read({ ...parameters, patient: `Patient/${OWN}` }, undefined, preference);
          if (question instanceof Failure) return;
          expect(question.patient).toEqual({ by: 'id', id: OWN });
        },
      ),
    ));
});
