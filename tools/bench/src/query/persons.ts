import { generatedPatient, type GeneratedPatient } from './generated-patients.js';

const kinds = {
  hundreds: { count: 200, first: 0, facts: 100 },
  larger: { count: 20, first: 1_000, facts: 499 },
} as const;
/** A prime number: so many steps through the copies visit all of them. */
const STRIDE = 10_007;

/** Who is in a record; a copy holds the same facts in other persons. */
export function personsOf(copy = 0): GeneratedPatient[] {
  return Object.values(kinds).flatMap(({ count, first, facts }) =>
    Array.from({ length: count }, (_unused, index) => generatedPatient(first + index, facts, copy)),
  );
}

/** Each with a Patient of its own, and one laboratory for all. */
export const resourcesOfOriginals = personsOf().reduce((sum, { facts }) => sum + facts + 1, 1);

/** With so many copies: of all but the laboratory. */
export function resourcesOf(copies: number): number {
  return (resourcesOfOriginals - 1) * (copies + 1) + 1;
}

/** For the n-th request: somebody else than for the one before it, all over the record. */
export function personAt(kind: keyof typeof kinds, copies: number, number: number): GeneratedPatient {
  const { count, first, facts } = kinds[kind];
  return generatedPatient(first + (number % count), facts, (number * STRIDE) % (copies + 1));
}
