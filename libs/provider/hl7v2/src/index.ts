export * from './location.js';
export * from './parse-error.js';
export * from './delimiters.js';
export { findEncoding, type Hl7Charset } from './charset.js';
export { escapeText } from './escape.js';
export { Hl7Component, Hl7Element, Hl7Field, Hl7Repetition, Hl7Subcomponent } from './elements.js';
export { Hl7Segment } from './segment.js';
export * from './message.js';
export * from './groups.js';
