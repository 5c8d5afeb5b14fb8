export { startConsole, type ConsoleOptions, type RunningConsole } from './start-console.js';
export type { OperatorAccount } from './operator-account.js';
