import { identifierSystems, type Branded } from '@samenhang/data-model';

/** BSN, the Dutch citizen service number: 9 digits that pass the eleven-test. Never in keys, logs, URLs or headers. */
export type Bsn = Branded<string, 'Bsn'>;

const WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1] as const;

/** Whether nine digits pass the eleven-test (weights 9…2, −1; sum divisible by 11; not all zeros). */
export function passesElevenTest(digits: string): boolean {
  if (!/^\d{9}$/.test(digits) || digits === '000000000') return false;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return sum % 11 === 0;
}

/** Eight digits are accepted as a number that lost its leading zero; anything else must have nine. */
export function findBsn(text: string): Bsn | undefined {
  const digits = /^\d{8}$/.test(text) ? `0${text}` : text;
  return passesElevenTest(digits) ? (digits as Bsn) : undefined;
}

/** @throws RangeError, without the value, when the text is not a BSN */
export function getBsn(text: string): Bsn {
  const bsn = findBsn(text);
  if (bsn === undefined)
    throw new RangeError('Not a BSN: nine digits that pass the eleven-test are required');
  return bsn;
}

/** The number as a FHIR Identifier has it, for those who pass it on and may not know what it is. */
export function toPatientIdentifier(bsn: Bsn): { readonly system: string; readonly value: string } {
  return { system: identifierSystems.bsn, value: bsn };
}
