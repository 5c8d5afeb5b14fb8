export * from './consent-question.js';
export * from './consent-choice.js';
export * from './consent-regime.js';
export * from './regime-register.js';
export * from './combine-choices.js';
export * from './secondary-use/objection-pseudonym.js';
export * from './secondary-use/objections-answer.js';
export * from './secondary-use/secondary-use-objections.js';
