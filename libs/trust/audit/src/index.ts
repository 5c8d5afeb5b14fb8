export * from './access-entry.js';
export * from './record-access.js';
