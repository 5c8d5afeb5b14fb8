import type { World } from './world/world.js';

/** One step: what it says to a reader, and what it does or checks. */
export type Step = <T>(text: string, act: () => T | Promise<T>) => Promise<T>;

/** How a scenario tells its story: each step is text for the reader beside the code that carries it out. */
export interface Steps {
  readonly given: Step;
  readonly when: Step;
  readonly then: Step;
}

/** An acceptance scenario of the trust framework. */
export interface Scenario {
  readonly id: number;
  readonly title: string;
  /** When it is told among the others: those that move the clock ahead come after, and those that look back last. */
  readonly turn?: 'first' | 'days later' | 'years later' | 'last';
  readonly story: (steps: Steps, world: World) => Promise<void>;
}

const turns = ['first', undefined, 'days later', 'years later', 'last'] as const;

/** The order in which scenarios are told: by turn, then as they are listed. */
export function inTurn(scenarios: readonly Scenario[]): Scenario[] {
  return turns.flatMap((turn) => scenarios.filter((scenario) => scenario.turn === turn));
}
