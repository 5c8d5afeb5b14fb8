export { runCommandLine } from './command-line.js';
export { defaultDataDirectory } from './data-directory.js';
export type { Terminal } from './terminal.js';
