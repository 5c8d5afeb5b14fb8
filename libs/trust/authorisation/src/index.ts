export * from './authorisation-input.js';
export * from './authzen.js';
export * from './compiled-policies.js';
export * from './decision-point.js';
export * from './policy-proof.js';
export * from './reloading-policies.js';
