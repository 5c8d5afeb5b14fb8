import { describe, expect, it } from 'vitest';
import { defaultCountingPolicy } from '@samenhang/disclosure';
import { exactCounter, protectedCounter, type Criterion } from './counters.js';
import { keyFrom, simulateHospital, type SimulatedHospital } from './simulated-hospital.js';

const permits = 100;

/** Forty questions as researchers ask them: the secret, by one or two of sex, age band and postcode. */
function workload(hospital: SimulatedHospital): Criterion[][] {
  const questions: Criterion[][] = [[{ words: 'secret', selects: hospital.secret }]];
  const named = (name: string, groups: SimulatedHospital['byAge']) =>
    groups.map((selects, value) => ({ words: `${name} ${value}`, selects }));
  const dimensions = [
    named('sex', hospital.bySex),
    named('age', hospital.byAge),
    named('postcode', hospital.byPostcode),
  ];
  const pick = <T>(list: readonly T[]) => list[Math.floor(hospital.random() * list.length)];
  while (questions.length < 40) {
    const chosen = new Set([pick(dimensions), pick(dimensions)]);
    const criteria = [...chosen].flatMap((dimension) => pick(dimension ?? []) ?? []);
    questions.push([{ words: 'secret', selects: hospital.secret }, ...criteria]);
  }
  return questions;
}

describe('What researchers get', { timeout: 120_000 }, () => {
  it('is within 5 % for counts from 100 on, and seldom withheld', () => {
    const errors: number[] = [];
    let asked = 0;
    for (let permit = 0; permit < permits; permit++) {
      const hospital = simulateHospital(8000, 100 + permit);
      const exact = exactCounter(hospital);
      const ask = protectedCounter(hospital, defaultCountingPolicy, keyFrom(hospital));
      for (const criteria of workload(hospital)) {
        const truth = Number(exact(...criteria));
        if (truth < 100) continue;
        asked++;
        const answer = ask(...criteria);
        if (typeof answer === 'number') errors.push(Math.abs(answer - truth) / truth);
      }
    }
    errors.sort((a, b) => a - b);
    const mean = errors.reduce((total, error) => total + error, 0) / errors.length;
    expect(asked).toBeGreaterThan(2000);
    expect(errors.length / asked).toBeGreaterThan(0.9);
    expect(mean).toBeLessThan(0.015);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(0.05);
  });
});
