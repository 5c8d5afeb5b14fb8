export { runAcceptance, type AcceptanceOptions, type AcceptanceReport } from './run-acceptance.js';
export type { Scenario, Step, Steps } from './scenario.js';
export { scenarios } from './scenarios.js';
export type { ScenarioResult } from './tell-scenario.js';
