export * from './bsn.js';
export * from './patient-key.js';
