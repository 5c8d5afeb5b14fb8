import { describe, expect, it } from 'vitest';
import { cohortOf, defaultCountingPolicy, type CountingPolicy } from '@samenhang/disclosure';
import { attacksOnOne, type Attack } from './attacks-on-one.js';
import { exactCounter, protectedCounter, thresholdCounter, type Ask } from './counters.js';
import { learn } from './learned-attack.js';
import { reconstruct } from './linear-reconstruction.js';
import {
  has,
  listed,
  membersOf,
  keyFrom,
  simulateHospital,
  type SimulatedHospital,
} from './simulated-hospital.js';

const targets = 1000;
const hospitalSize = 2000;

type Counter = (hospital: SimulatedHospital) => Ask;
const newPermit: Counter = (hospital) => protectedCounter(hospital, defaultCountingPolicy, keyFrom(hospital));

/** Each target under a permit of its own: no question of one is spent on another. At most ten questions a target. */
function attackAll(attack: Attack, counter: Counter, seed: number) {
  const hospital = simulateHospital(hospitalSize, seed);
  return Array.from({ length: targets }, (_, target) => {
    const ask = counter(hospital);
    return { observation: attack(ask, hospital, target), secret: has(hospital.secret, target) };
  });
}

function recovered(attack: Attack, counter: Counter): number {
  const learned = learn([2, 3].flatMap((seed) => attackAll(attack, counter, seed)));
  return attackAll(attack, counter, 1).filter(
    ({ observation, secret }) => learned.claim(observation) === secret,
  ).length;
}

describe('An attacker with 10,000 counting questions about 1,000 targets', { timeout: 240_000 }, () => {
  for (const [name, attack] of Object.entries(attacksOnOne)) {
    it(`recovers all from exact counts, and none from protected ones: ${name}`, () => {
      expect(recovered(attack, exactCounter)).toBe(targets);
      expect(recovered(attack, newPermit)).toBe(0);
    });
  }

  it('recovers many where cells are only suppressed and rounded', () => {
    const difference = attacksOnOne['difference with and without the target'];
    if (difference === undefined) throw new Error('No such attack');
    expect(recovered(difference, thresholdCounter)).toBeGreaterThan(100);
  });

  it('recovers none when all questions of a permit go to one target, by sums longer than the rule sees', () => {
    const hospital = simulateHospital(400, 4);
    const attack = (counter: Counter) => {
      const outcomes = Array.from({ length: 30 }, (_, target) => ({
        ...averagePartitions(counter(hospital), hospital, target),
        secret: has(hospital.secret, target),
      }));
      return {
        right: outcomes.filter(({ claim, secret }) => claim === secret).length,
        answered: Math.min(...outcomes.map(({ answered }) => answered)),
      };
    };
    expect(attack(exactCounter).right).toBe(30);
    const { right, answered } = attack(newPermit);
    // It does get its figures: what protects the target here is that a permit cannot ask often enough for the noise.
    expect(answered).toBeGreaterThan(70);
    expect(right).toBe(0);
  });

  it('recovers none by solving for all at once, since the questions of a permit are spent', () => {
    const solve = (policy: CountingPolicy, seed: number) => {
      const hospital = simulateHospital(hospitalSize, seed);
      const ask = protectedCounter(hospital, policy, keyFrom(hospital));
      return solveForAll(ask, hospital, 10_000);
    };
    const outcomes = (policy: CountingPolicy, seed: number) =>
      solve(policy, seed).map(({ estimate, secret }) => ({
        observation: (Math.round(estimate * 5) / 5).toFixed(1),
        secret,
      }));
    const learned = learn([7, 8].flatMap((seed) => outcomes(defaultCountingPolicy, seed)));
    const right = outcomes(defaultCountingPolicy, 6).filter(
      ({ observation, secret }) => learned.claim(observation) === secret,
    );
    expect(right).toHaveLength(0);
  });

  it('would recover them from exact counts by solving', () => {
    const hospital = simulateHospital(hospitalSize, 6);
    const solved = solveForAll(exactCounter(hospital), hospital, 1200);
    expect(solved.filter(({ estimate, secret }) => estimate > 0 === secret)).toHaveLength(targets);
  });
});

/** Splits everyone in three again and again, leaves the target out of every other split, and compares the sums. */
function averagePartitions(ask: Ask, hospital: SimulatedHospital, target: number) {
  const sums: [number[], number[]] = [[], []];
  let answered = 0;
  for (let split = 0; split < 33; split++) {
    const isLeftOut = split % 2 === 1;
    const part = Array.from({ length: hospital.size }, () => Math.floor(3 * hospital.random()));
    const answers = [0, 1, 2].map((wanted) =>
      ask(
        { words: 'secret', selects: hospital.secret },
        {
          words: `part ${split} ${wanted}`,
          selects: cohortOf(
            hospital.size,
            (person) => part[person] === wanted && !(isLeftOut && person === target),
          ),
        },
      ),
    );
    const counts = answers.filter((answer) => typeof answer === 'number');
    answered += counts.length;
    if (counts.length === 3) sums[isLeftOut ? 1 : 0].push(counts.reduce((total, count) => total + count, 0));
  }
  return { claim: claimFrom(...sums), answered };
}

/** Is the target in the difference of the means? Only at odds of 19 to 1, with the noise that the figures themselves show. */
function claimFrom(whole: readonly number[], less: readonly number[]): boolean | undefined {
  const mean = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const variance = (numbers: readonly number[]) =>
    numbers.reduce((sum, number) => sum + (number - mean(numbers)) ** 2, 0) /
    (numbers.length - 1) /
    numbers.length;
  const beyondHalf = mean(whole) - mean(less) - 0.5;
  const needed = (variance(whole) + variance(less)) * Math.log(19);
  return Math.abs(beyondHalf) > needed ? beyondHalf > 0 : undefined;
}

/** Counts random halves of the targets that have the secret, and solves for each target; above zero: has it. */
function solveForAll(ask: Ask, hospital: SimulatedHospital, questions: number) {
  const equations: { members: number[]; value: number }[] = [];
  for (let question = 0; question < questions; question++) {
    const chosen = Array.from({ length: targets }, (_, target) => target).filter(
      () => hospital.random() < 0.5,
    );
    const answer = ask(
      { words: 'secret', selects: hospital.secret },
      { words: `half ${question}`, selects: listed(hospital, chosen) },
    );
    if (answer === 'questions-spent') break;
    if (typeof answer === 'number') equations.push({ members: chosen, value: answer - chosen.length / 2 });
  }
  const estimates = reconstruct(targets, equations, 1e-3);
  const secrets = new Set(membersOf(hospital.secret));
  return estimates.map((estimate, target) => ({ estimate, secret: secrets.has(target) }));
}
