export * from './identifiers.js';
export * from './data-categories.js';
export * from './events.js';
export * from './event-check.js';
export * from './view-urls.js';
export * from './tenants.js';
