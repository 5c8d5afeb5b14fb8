export { exampleTerminology } from './example-terminology.js';
export { TerminologyEmulator } from './terminology-emulator.js';
export type * from './terminology-resources.js';
