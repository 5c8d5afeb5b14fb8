export * from './consent-question.js';
export * from './consent-choice.js';
export * from './consent-regime.js';
export * from './regime-register.js';
export * from './combine-choices.js';
