import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findOwnPatient, matchesPatient, PatientBinding, toBindingText } from './patient-binding.js';

const binding = new PatientBinding({ key: randomBytes(32).toString('base64') });
const patient = { system: 'urn:numbers', value: 'one' };

describe('the patient a token is for', () => {
  it('opens to what was sealed, and reads differently each time', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        const [one, other] = [binding.seal(text), binding.seal(text)];
        expect(one).not.toBe(other);
        expect(binding.open(one)).toBe(Buffer.from(text).toString('utf8'));
      }),
    );
  });

  it('is nobody when changed in any place, or sealed with another key', () => {
    const sealed = binding.seal('one');
    for (let position = 0; position < sealed.length; position += 1) {
      const bytes = Buffer.from(sealed, 'base64url');
      bytes[position % bytes.length] = (bytes[position % bytes.length] ?? 0) ^ 1;
      expect(binding.open(bytes.toString('base64url'))).toBeUndefined();
    }
    const other = new PatientBinding({ key: randomBytes(32).toString('base64') });
    expect(other.open(sealed)).toBeUndefined();
    expect(binding.open('')).toBeUndefined();
  });

  it('matches that patient only', () => {
    const sealed = binding.seal(toBindingText(patient));
    expect(matchesPatient(sealed, patient, () => binding)).toBe(true);
    expect(matchesPatient(sealed, { ...patient, value: 'other' }, () => binding)).toBe(false);
    expect(matchesPatient(sealed, undefined, () => binding)).toBe(false);
    expect(matchesPatient('nonsense', patient, () => binding)).toBe(false);
  });

  it('says nothing of a token that is for no patient, and needs no key for it', () => {
    const noKey = (): never => {
      throw new Error('there is no key here');
    };
    expect(matchesPatient(undefined, patient, noKey)).toBeUndefined();
  });

  it('is the one who asks, when the purpose is that they ask', () => {
    const patientBinding = binding.seal(toBindingText(patient));
    const ask = (identity: { purposeOfUse?: string; patientBinding?: string }) =>
      findOwnPatient(identity, () => binding);
    expect(ask({ purposeOfUse: 'PATRQT', patientBinding })).toEqual(patient);
    expect(ask({ purposeOfUse: 'TREAT', patientBinding })).toBeUndefined();
    expect(ask({ patientBinding })).toBeUndefined();
    expect(ask({ purposeOfUse: 'PATRQT' })).toBeUndefined();
    expect(ask({ purposeOfUse: 'PATRQT', patientBinding: binding.seal('no-system') })).toBeUndefined();
    expect(ask({ purposeOfUse: 'PATRQT', patientBinding: binding.seal('a|b|c') })).toBeUndefined();
  });

  it('has a key of 256 bits', () => {
    expect(() => new PatientBinding({ key: 'AAAA' })).toThrow(RangeError);
  });
});
