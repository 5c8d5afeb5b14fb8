export { startConsole, type ConsoleOptions, type RunningConsole } from './start-console.js';
export { hashPassword, type OperatorAccount } from './operator-accounts.js';
