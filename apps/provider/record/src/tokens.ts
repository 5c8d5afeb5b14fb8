/** The policies that this holder applies. */
export const DECISION_POINT = Symbol('record.decision-point');
/** Where consent is asked. */
export const CONSENT_REGISTER = Symbol('record.consent-register');
