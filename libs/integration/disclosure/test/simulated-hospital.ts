import { cohortOf, type Cohort } from '@samenhang/disclosure';

/** Persons with what an attacker knows of everyone (sex, age band, postcode), and one secret that half of them have. */
export interface SimulatedHospital {
  readonly size: number;
  readonly random: () => number;
  readonly secret: Cohort;
  readonly everyone: Cohort;
  readonly bySex: readonly Cohort[];
  readonly byAge: readonly Cohort[];
  readonly byPostcode: readonly Cohort[];
  readonly sexOf: readonly number[];
  readonly ageOf: readonly number[];
  readonly postcodeOf: readonly number[];
}

const ages = 10;
const postcodes = 20;

export function simulateHospital(size: number, seed: number): SimulatedHospital {
  const random = randomFrom(seed);
  const draw = (values: number) => Array.from({ length: size }, () => Math.floor(random() * values));
  const sexOf = draw(2);
  const ageOf = draw(ages);
  const postcodeOf = draw(postcodes);
  const secretOf = draw(2);
  const by = (valueOf: readonly number[], values: number) =>
    Array.from({ length: values }, (_, value) => cohortOf(size, (person) => valueOf[person] === value));
  return {
    size,
    random,
    secret: cohortOf(size, (person) => secretOf[person] === 1),
    everyone: cohortOf(size, () => true),
    bySex: by(sexOf, 2),
    byAge: by(ageOf, ages),
    byPostcode: by(postcodeOf, postcodes),
    sexOf,
    ageOf,
    postcodeOf,
  };
}

/** The key of another permit each time, the same ones in every run of a test. */
export function keyFrom({ random }: SimulatedHospital): Uint8Array {
  return Uint8Array.from({ length: 32 }, () => Math.floor(256 * random()));
}

export function has(cohort: Cohort, person: number): boolean {
  return (((cohort.words[person >>> 5] ?? 0) >>> (person & 31)) & 1) === 1;
}

export function single(hospital: SimulatedHospital, person: number): Cohort {
  return listed(hospital, [person]);
}

export function listed({ size }: SimulatedHospital, persons: readonly number[]): Cohort {
  const words = new Uint32Array(Math.ceil(size / 32));
  for (const person of persons) words[person >>> 5] = (words[person >>> 5] ?? 0) | (1 << (person & 31));
  return { populationSize: size, words };
}

export function both(one: Cohort, other: Cohort): Cohort {
  return combine(one, other, (a, b) => a & b);
}

export function either(one: Cohort, other: Cohort): Cohort {
  return combine(one, other, (a, b) => a | b);
}

export function butNot(one: Cohort, other: Cohort): Cohort {
  return combine(one, other, (a, b) => a & ~b);
}

/** Each member with this probability. */
export function sampleOf(hospital: SimulatedHospital, cohort: Cohort, probability: number): Cohort {
  return cohortOf(hospital.size, (person) => has(cohort, person) && hospital.random() < probability);
}

export function membersOf(cohort: Cohort): number[] {
  return Array.from({ length: cohort.populationSize }, (_, person) => person).filter((person) =>
    has(cohort, person),
  );
}

function combine(one: Cohort, other: Cohort, of: (a: number, b: number) => number): Cohort {
  return {
    populationSize: one.populationSize,
    words: one.words.map((word, index) => of(word, other.words[index] ?? 0)),
  };
}

function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
