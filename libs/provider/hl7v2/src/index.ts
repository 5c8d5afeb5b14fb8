export * from './location.js';
export * from './parse-error.js';
export * from './delimiters.js';
export { findEncoding, type Hl7Charset } from './charset.js';
export { escapeText } from './escape.js';
export { Hl7Component, Hl7Element, Hl7Field, Hl7Repetition, Hl7Subcomponent } from './elements.js';
export { Hl7Segment } from './segment.js';
export * from './message.js';
export * from './groups.js';
export { ReadCoverage, type CoverageVisitor } from './read-coverage.js';
export { assertHeader } from './header-check.js';
export * from './mllp-decoder.js';
export {
  acknowledgementCode,
  buildAcknowledgement,
  type AcknowledgementCode,
  type AcknowledgementError,
  type AcknowledgementOutcome,
  type AcknowledgementRequest,
} from './acknowledgement.js';
export * from './batch.js';
export * from './batch-acknowledgement.js';
