export { freePort } from './free-port.js';
export * from './test-database.js';
export { TokenIssuer, type TokenClaims } from './token-issuer.js';
export * from './test-authority.js';
export { sharedMaterial, validate, validatorAbsence } from './official-validator.js';
export * from './mutual-tls-certificates.js';
