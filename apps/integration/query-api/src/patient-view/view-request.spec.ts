import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readViewRequest } from './view-request.js';

const system = 'http://fhir.nl/fhir/NamingSystem/bsn';
const known = new Set(['patient', '_type', '_since', 'start', 'end', 'retry', '_count', '_dedupe']);
const asking = (valueIdentifier: unknown): object => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'patient', valueIdentifier }],
});

describe('request for a patient view', () => {
  it('gives the BSN', () => {
    expect(readViewRequest(asking({ system, value: '900186021' })).bsn).toBe('900186021');
  });

  it.each([
    ['nothing', undefined],
    ['text', 'Parameters'],
    ['another resource', { resourceType: 'Patient' }],
    ['no patient', { resourceType: 'Parameters', parameter: [] }],
    ['two patients', { resourceType: 'Parameters', parameter: [{ name: 'patient' }, { name: 'patient' }] }],
    ['no identifier', asking(undefined)],
    ['a number', asking({ system, value: 900186021 })],
    ['another system', asking({ system: 'urn:other', value: '900186021' })],
  ])('refuses %s as malformed', (_what, body) => {
    expect(() => readViewRequest(body)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });

  it.each(['123456789', '90018602', '9001860211', ' 900186021', '000000000', '90018602a'])(
    'refuses %s as no BSN, without repeating it',
    (value) => {
      const failure = expect.objectContaining({ kind: 'malformed' });
      expect(() => readViewRequest(asking({ system, value }))).toThrow(failure);
      try {
        readViewRequest(asking({ system, value }));
      } catch (error) {
        expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(value);
      }
    },
  );

  it('is about one person, whatever stands beside: more are refused, other parameters change nothing', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.string().filter((name) => !known.has(name)), valueString: fc.string() }),
        ),
        fc.nat({ max: 3 }),
        fc.nat(),
        (beside, more, seed) => {
          const patient = (value: string): object => ({
            name: 'patient',
            valueIdentifier: { system, value },
          });
          const parameter: object[] = [...beside];
          parameter.splice(seed % (parameter.length + 1), 0, patient('900186021'));
          for (let count = 0; count < more; count += 1) parameter.push(patient('999901370'));
          const read = (): string => readViewRequest({ resourceType: 'Parameters', parameter }).bsn;
          if (more === 0) expect(read()).toBe('900186021');
          else expect(read).toThrow(expect.objectContaining({ kind: 'malformed' }));
        },
      ),
    ));
});
