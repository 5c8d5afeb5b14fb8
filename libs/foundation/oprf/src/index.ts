export * from './oprf-error.js';
export * from './encoding.js';
export * from './group.js';
export * from './oprf.js';
export * from './person-input.js';
export * from './pseudonym-token.js';
