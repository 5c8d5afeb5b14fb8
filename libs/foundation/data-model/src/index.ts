export * from './identifiers.js';
export * from './data-categories.js';
export * from './guarded-types.js';
export * from './events/index.js';
export * from './view-urls.js';
export * from './tenants.js';
