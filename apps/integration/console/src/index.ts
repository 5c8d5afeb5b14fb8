export { startConsole, type ConsoleOptions, type RunningConsole } from './start-console.js';
export { operators, type Operator } from './operator.js';
