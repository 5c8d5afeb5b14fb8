import type { Scenario } from './scenario.js';
import { locateAndMerge } from './scenarios/01-locate-and-merge.js';
import { consentDenied } from './scenarios/02-consent-denied.js';

/** All acceptance scenarios, in the order of their numbers. */
export const scenarios: readonly Scenario[] = [locateAndMerge, consentDenied];
