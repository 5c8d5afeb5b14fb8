export * from './verified-identity.js';
export * from './decorators.js';
export * from './proof-key.js';
export * from './access-tokens.js';
export * from './authorised-fetch.js';
export * from './access-token-verifier.js';
export * from './identity.module.js';
export * from './provisioning.js';
