export * from './authorised-access.js';
export * from './localisation-client.js';
export * from './bulk-evaluations.js';
export * from './own-registrations-client.js';
export * from './endpoint-selection.js';
export * from './address-book-client.js';
export { isTransient } from './answer.js';
