export * from './authorisation-input.js';
export * from './decision-point.js';
