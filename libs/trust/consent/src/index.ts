export * from './consent-question.js';
