/** The policies by which this service gives what was offered. */
export const DECISION_POINT = Symbol('transfer.decision-point');
