import { inTurn, type Scenario } from './scenario.js';
import { tellScenario, type ScenarioResult } from './tell-scenario.js';
import { openWorld } from './world/open-world.js';

export interface AcceptanceOptions {
  readonly portBase: number;
  readonly scenarios: readonly Scenario[];
  /** The story as it is told, for people. */
  readonly say: (line: string) => void;
}

export interface AcceptanceReport {
  readonly passed: number;
  readonly failed: number;
  readonly scenarios: readonly ScenarioResult[];
}

/** Tells every scenario on one installation of its own, one after the other. */
export async function runAcceptance({
  portBase,
  scenarios,
  say,
}: AcceptanceOptions): Promise<AcceptanceReport> {
  const world = await openWorld(portBase, say);
  try {
    const results: ScenarioResult[] = [];
    for (const scenario of inTurn(scenarios)) results.push(await tellScenario(scenario, world, say));
    const ordered = results.toSorted((one, other) => one.id - other.id);
    const passed = ordered.filter(({ result }) => result === 'passed').length;
    return { passed, failed: ordered.length - passed, scenarios: ordered };
  } finally {
    await world.installation.close();
  }
}
