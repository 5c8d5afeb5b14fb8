import type { Scenario, Step } from './scenario.js';
import type { World } from './world/world.js';

export interface ScenarioResult {
  readonly id: number;
  readonly title: string;
  readonly result: 'passed' | 'failed';
  /** The step that failed and how. */
  readonly reason?: string;
}

/** Between two scenarios: longer than anything that one asked is kept for another. */
const PAUSE_MS = 61_000;
const PATIENCE_MS = 100_000;
const LONGEST_REASON = 800;

/** Tells one scenario step by step; a step that fails ends it. */
export async function tellScenario(
  scenario: Scenario,
  world: World,
  say: (line: string) => void,
): Promise<ScenarioResult> {
  const { id, title } = scenario;
  let told = 'before the first step';
  const step =
    (word: string): Step =>
    async (text, act) => {
      told = `${word} ${text}`;
      say(`    ${told}`);
      return await act();
    };
  say(`${id}. ${title}`);
  try {
    const steps = { given: step('Given'), when: step('When'), then: step('Then') };
    await withinPatience(scenario.story(steps, world));
    return { id, title, result: 'passed' };
  } catch (error) {
    const reason = `${told}: ${firstLines(error)}`.slice(0, LONGEST_REASON);
    say(`    FAILED ${reason}`);
    return { id, title, result: 'failed', reason };
  } finally {
    await world.restore();
    world.clock.advance(PAUSE_MS);
  }
}

async function withinPatience(story: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('It took too long')), PATIENCE_MS);
  });
  try {
    await Promise.race([story, late]);
  } finally {
    clearTimeout(timer);
  }
}

function firstLines(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replaceAll(/\s+/g, ' ').trim();
}
