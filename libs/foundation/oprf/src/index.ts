export * from './oprf-error.js';
export * from './encoding.js';
export { decodeElement, decodeScalar, randomScalar, type GroupElement, type GroupScalar } from './group.js';
export {
  blind,
  deriveKey,
  elementOf,
  evaluate,
  finalize,
  generateKey,
  unblind,
  type BlindedInput,
  type OprfMode,
} from './oprf.js';
export * from './evaluation-proof.js';
export * from './masked-evaluation.js';
export * from './person-input.js';
export * from './pseudonym-token.js';
export * from './bulk-evaluation.js';
