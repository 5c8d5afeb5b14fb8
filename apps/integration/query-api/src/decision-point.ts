/** The policies that the query API decides by. */
export const DECISION_POINT = Symbol('query-api.decision-point');
