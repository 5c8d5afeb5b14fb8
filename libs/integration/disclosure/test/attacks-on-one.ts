import type { Cohort } from '@samenhang/disclosure';
import type { Ask, Criterion } from './counters.js';
import {
  both,
  butNot,
  either,
  listed,
  membersOf,
  sampleOf,
  single,
  type SimulatedHospital,
} from './simulated-hospital.js';

/**
 * An attack asks a few questions and boils the answers down to one observation: figures where there are any, and which
 * answers failed, since a refusal can be an answer too.
 */
export type Attack = (ask: Ask, hospital: SimulatedHospital, target: number) => string;

export const attacksOnOne: Readonly<Record<string, Attack>> = {
  'single out by what is known of the target': (ask, hospital, target) =>
    observe(
      [ask(words('secret', hospital.secret), words('exactly the target', single(hospital, target)))],
      ([count]) => count,
    ),

  'difference with and without the target': (ask, hospital, target) => {
    const pairs = groupsOf(hospital, target).flatMap((group, index) => [
      ask(words('secret', hospital.secret), words(`group ${index}`, group)),
      ask(
        words('secret', hospital.secret),
        words(`group ${index}`, group),
        words('not the target', butNot(hospital.everyone, single(hospital, target))),
      ),
    ]);
    return observe(pairs, (counts) => mean(alternate(counts)));
  },

  'difference in one phrase': (ask, hospital, target) => {
    const pairs = groupsOf(hospital, target).flatMap((group, index) => [
      ask(words('secret', hospital.secret), words(`group ${index}`, group)),
      ask(
        words('secret', hospital.secret),
        words(`group ${index} less`, butNot(group, single(hospital, target))),
      ),
    ]);
    return observe(pairs, (counts) => mean(alternate(counts)));
  },

  'repeat in other words and average': (ask, hospital, target) => {
    const [group = hospital.everyone] = groupsOf(hospital, target);
    const less = butNot(group, single(hospital, target));
    const answers = [0, 1, 2, 3, 4].flatMap((time) => [
      ask(words(`secret ${time}`, both(hospital.secret, group))),
      ask(words(`secret less ${time}`, both(hospital.secret, less))),
    ]);
    return observe(answers, (counts) => mean(alternate(counts)));
  },

  'complement: everyone but the target with the secret': (ask, hospital, target) => {
    const rest = butNot(hospital.everyone, both(hospital.secret, single(hospital, target)));
    return observe([ask(words('rest', rest))], ([count = 0]) => hospital.size - count);
  },

  'general tracker': (ask, hospital, target) => {
    const self = single(hospital, target);
    const answers = hospital.byAge
      .slice(0, 3)
      .flatMap((tracker, index) => [
        ask(words('secret', hospital.secret), words(`target or ${index}`, either(self, tracker))),
        ask(
          words('secret', hospital.secret),
          words(`target or not ${index}`, either(self, butNot(hospital.everyone, tracker))),
        ),
      ]);
    const all = ask(words('secret', hospital.secret));
    return observe([all, ...answers], ([total = 0, ...rest]) => mean(inTwos(rest).map((two) => two - total)));
  },

  'drill down to what is left of a whole': (ask, hospital, target) => {
    const group = hospital.byPostcode[hospital.postcodeOf[target] ?? 0] ?? hospital.everyone;
    const first = sampleOf(hospital, group, 1 / 3);
    const second = butNot(sampleOf(hospital, group, 1 / 2), first);
    const third = butNot(butNot(group, first), second);
    const parts = [first, second, third].map((part, index) =>
      ask(words('secret', hospital.secret), words(`part ${index}`, butNot(part, single(hospital, target)))),
    );
    const whole = ask(words('secret', hospital.secret), words('whole', group));
    return observe([whole, ...parts], ([total = 0, ...rest]) => total - rest.reduce((a, b) => a + b, 0));
  },

  'overlap of four groups': (ask, hospital, target) => {
    const answers = [0, 1].flatMap((time) =>
      overlapOn(hospital, single(hospital, target)).map((cohort, index) =>
        ask(words('secret', hospital.secret), words(`overlap ${time} ${index}`, cohort)),
      ),
    );
    return observe(answers, (counts) => mean([overlapIn(counts.slice(0, 4)), overlapIn(counts.slice(4))]));
  },

  'fill up to the threshold with persons known to have the secret': (ask, hospital, target) =>
    probe(ask, hospital, target, [9, 19]),

  'add the target to many persons known to have the secret': (ask, hospital, target) =>
    probe(ask, hospital, target, [100, 103]),
};

/** Four groups, of which no two or three are alike, that cancel but for the target. */
function overlapOn(hospital: SimulatedHospital, self: Cohort): [Cohort, Cohort, Cohort, Cohort] {
  const others = butNot(hospital.everyone, self);
  const a = sampleOf(hospital, others, 1 / 4);
  const b = butNot(sampleOf(hospital, others, 1 / 3), a);
  const c = butNot(butNot(sampleOf(hospital, others, 1 / 2), a), b);
  const d = butNot(butNot(butNot(others, a), b), c);
  return [either(either(a, b), self), either(a, c), either(b, d), either(c, d)];
}

function overlapIn([first = 0, second = 0, third = 0, fourth = 0]: readonly number[]): number {
  return first - second - third + fourth;
}

function probe(ask: Ask, hospital: SimulatedHospital, target: number, sizes: readonly number[]): string {
  const known = membersOf(hospital.secret).filter((person) => person !== target);
  const answers = sizes.map((size, time) => {
    const start = Math.floor(hospital.random() * (known.length - size));
    const group = listed(hospital, [...known.slice(start, start + size), target]);
    return ask(words('secret', hospital.secret), words(`known ${time}`, group));
  });
  return observe(answers, (counts) => counts.map((count, index) => count - (sizes[index] ?? 0)).join());
}

/** Groups of persons to hide the target in: by all that is known of it. */
function groupsOf(hospital: SimulatedHospital, target: number): Cohort[] {
  const sex = hospital.bySex[hospital.sexOf[target] ?? 0];
  const age = hospital.byAge[hospital.ageOf[target] ?? 0];
  const postcode = hospital.byPostcode[hospital.postcodeOf[target] ?? 0];
  if (sex === undefined || age === undefined || postcode === undefined) return [];
  return [postcode, age, sex, both(sex, age), hospital.everyone];
}

function words(text: string, selects: Cohort): Criterion {
  return { words: text, selects };
}

function observe(
  answers: readonly (number | string)[],
  figure: (counts: readonly number[]) => unknown,
): string {
  const failed = answers.map((answer) => (typeof answer === 'number' ? '+' : answer.slice(0, 1))).join('');
  const counts = answers.filter((answer) => typeof answer === 'number');
  if (counts.length === answers.length) return `${failed} ${String(figure(counts))}`;
  return failed;
}

/** First less second, third less fourth, and so on. */
function alternate(counts: readonly number[]): number[] {
  return counts.flatMap((count, index) => (index % 2 === 1 ? [(counts[index - 1] ?? 0) - count] : []));
}

function inTwos(counts: readonly number[]): number[] {
  return counts.flatMap((count, index) => (index % 2 === 1 ? [(counts[index - 1] ?? 0) + count] : []));
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}
