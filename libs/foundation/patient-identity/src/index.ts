export * from './bsn.js';
export * from './patient-key.js';
export * from './change-handles.js';
