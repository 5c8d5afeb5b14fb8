import {
  blind,
  derivePersonInput,
  encodeBase64Url,
  evaluate,
  finalize,
  type BlindedInput,
  type GroupElement,
  type GroupScalar,
  type PseudonymRecipient,
} from '@samenhang/oprf';
import type { Bsn } from '@samenhang/patient-identity';

/** Keeps these pseudonyms apart from those of every other recipient. */
const RECIPIENT: PseudonymRecipient = { organisation: 'ura:90000001', scope: 'secondary-use-objections' };
const PSEUDONYM_BYTES = 16;

/** A person on the way to the register, which learns nothing of whom it helps to name. */
export interface BlindedPerson extends BlindedInput {
  readonly input: Uint8Array;
}

export function blindPerson(patient: Bsn): BlindedPerson {
  const input = inputOf(patient);
  return { input, ...blind(input) };
}

/** What a holder arrives at with the register's answer: the name by which the register lists who objects. */
export function toObjectionPseudonym(person: BlindedPerson, evaluated: GroupElement): string {
  return shorten(finalize(person.input, person.blindFactor, evaluated));
}

/** The same at the register, which is told the number by the citizen and has the key. */
export function objectionPseudonymOf(patient: Bsn, key: GroupScalar): string {
  const person = blindPerson(patient);
  return toObjectionPseudonym(person, evaluate(key, person.blindedElement));
}

function inputOf(patient: Bsn): Uint8Array {
  return derivePersonInput({ landCode: 'NL', type: 'BSN', value: patient }, RECIPIENT);
}

function shorten(output: Uint8Array): string {
  return encodeBase64Url(output.subarray(0, PSEUDONYM_BYTES));
}
