import { PatientKeyring } from '@samenhang/patient-identity';
import { describe, expect, it } from 'vitest';
import { areDifferentPersons, demographicsOf } from './demographics.js';

const keyring = new PatientKeyring(Buffer.alloc(32, 1));
const of = (birthDate: string | undefined, ...families: string[]) =>
  demographicsOf(
    { resourceType: 'Patient', id: 'p', birthDate, name: families.map((family) => ({ family })) },
    '22222222',
    keyring,
  );

describe('two Patients under one BSN', () => {
  const jansen = of('1970-01-01', 'Jansen');

  it('are different persons when birth date and family names both differ', () => {
    expect(areDifferentPersons(jansen, of('1981-12-31', 'De Boer'))).toBe(true);
  });

  it('may be one person when either agrees, or is not known', () => {
    expect(areDifferentPersons(jansen, of('1970-01-01', 'De Boer'))).toBe(false);
    expect(areDifferentPersons(jansen, of('1981-12-31', 'JANSEN'))).toBe(false);
    expect(areDifferentPersons(jansen, of(undefined, 'De Boer'))).toBe(false);
    expect(areDifferentPersons(jansen, of('1981', 'De Boer'))).toBe(false);
    expect(areDifferentPersons(jansen, of('1981-12-31'))).toBe(false);
  });

  it('may be one person who married, or whose name is written otherwise', () => {
    expect(areDifferentPersons(jansen, of('1981-12-31', 'van den Berg - Jansen'))).toBe(false);
    expect(areDifferentPersons(of('1970-01-01', 'Müller'), of('1981-12-31', 'Muller'))).toBe(false);
    expect(areDifferentPersons(of('1970-01-01', 'van der Berg'), of('1981-12-31', 'van der Meer'))).toBe(
      true,
    );
  });

  it('are kept as hashes', () => {
    expect(JSON.stringify(jansen)).not.toMatch(/jansen|1970/i);
  });
});
