export * from './mitz-client.js';
export * from './guarded-register.js';
export * from './mutual-tls.js';
export * from './closed-question.js';
export * from './closed-answer.js';
export * from './vocabulary.js';
export * from './subscription.js';
export * from './notification.js';
export { XmlError } from './xml-tree.js';
