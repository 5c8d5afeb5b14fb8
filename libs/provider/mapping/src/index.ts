export * from './source-message.js';
export { currentMapping, mappingVersion, type Mapping } from './mapping.js';
export { normaliseMessage } from './normalise-message.js';
