import { getUra, type Ura } from '@samenhang/data-model';
import { getBsn, passesElevenTest, type Bsn } from '@samenhang/patient-identity';

/** A care provider of the scenarios. */
export interface Provider {
  readonly ura: Ura;
  readonly name: string;
  /** RoleCodeNL type of care provider. */
  readonly type: string;
  /** The source system at this node that feeds its record. */
  readonly source: string;
}

export const gp: Provider = { ura: getUra('11111111'), name: 'GP Zonneweg', type: 'Z3', source: 'his' };
export const hospital: Provider = {
  ura: getUra('22222222'),
  name: 'Hospital Noord',
  type: 'V4',
  source: 'epd',
};
export const nursingHome: Provider = {
  ura: getUra('33333333'),
  name: 'Nursing home De Linde',
  type: 'X3',
  source: 'ecd',
};
export const pharmacy: Provider = { ura: getUra('44444444'), name: 'Pharmacy', type: 'A1', source: 'ais' };
export const providers: readonly Provider[] = [gp, hospital, nursingHome, pharmacy];

/** A professional whom the Dezi emulator knows. */
export interface Professional {
  readonly dezi: string;
  readonly at: Provider;
}

/** General practitioner Vos, role 01.015. */
export const vos: Professional = { dezi: '000095254', at: gp };
/** Nurse, role 30.000. */
export const nurse: Professional = { dezi: '900000009', at: nursingHome };
/** Physician at the emergency department, role 01.000. */
export const emergencyPhysician: Professional = { dezi: '900000021', at: hospital };

export const patientA = getBsn('900186021');
export const patientB = getBsn('999901370');
export const patientC = getBsn('999911120');

/** Further fictional persons, from the range of test numbers; each scenario that changes things has its own. */
export function furtherPatient(ordinal: number): Bsn {
  let found = 0;
  for (let number = 999_930_000; number < 999_990_000; number += 1) {
    if (!passesElevenTest(String(number))) continue;
    if (found === ordinal) return getBsn(String(number));
    found += 1;
  }
  throw new RangeError('There are no more test numbers');
}
