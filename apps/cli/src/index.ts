export { runCommandLine } from './command-line.js';
export { defaultDataDirectory } from './installation/data-directory.js';
export type { Terminal } from './terminal/terminal.js';
