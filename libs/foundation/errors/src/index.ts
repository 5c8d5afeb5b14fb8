export * from './failure.js';
export * from './representations.js';
