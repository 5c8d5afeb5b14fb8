/** A set of persons: bit `i` stands for the person at place `i` of the population. Never leaves the counting side. */
export interface Cohort {
  readonly populationSize: number;
  readonly words: Uint32Array;
}

export function cohortOf(populationSize: number, isMember: (person: number) => boolean): Cohort {
  const words = new Uint32Array(Math.ceil(populationSize / 32));
  for (let person = 0; person < populationSize; person++)
    if (isMember(person)) words[person >>> 5] = (words[person >>> 5] ?? 0) | (1 << (person & 31));
  return { populationSize, words };
}

export function everyone(populationSize: number): Cohort {
  return cohortOf(populationSize, () => true);
}

export function sizeOf({ words }: Cohort): number {
  let size = 0;
  for (const word of words) size += bitsIn(word);
  return size;
}

/**
 * Of how many persons an odd number of these cohorts knows: the size of one, what two differ by, what is left of a whole
 * when its parts are taken off, the one cell in which four overlapping cohorts do not cancel. Counting stops at `limit`.
 */
export function unpaired(cohorts: readonly Cohort[], limit = Infinity): number {
  const lists = cohorts.map(({ words }) => words);
  const length = lists[0]?.length ?? 0;
  let count = 0;
  for (let index = 0; index < length && count < limit; index++) {
    let word = 0;
    for (const words of lists) word ^= words[index] ?? 0;
    count += bitsIn(word);
  }
  return Math.min(count, limit);
}

/** Stops at the first words that show that they do not. */
export function differByFewer(limit: number, one: Uint32Array, other: Uint32Array | undefined): boolean {
  let count = 0;
  for (let index = 0; index < one.length && count < limit; index++)
    count += bitsIn((one[index] ?? 0) ^ (other?.[index] ?? 0));
  return count < limit;
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
