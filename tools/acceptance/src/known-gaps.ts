/**
 * Scenarios that fail today, and what is missing for them. They count as failed; this list only lets the tests tell a
 * gap that is known from something that broke. One that passes must leave it.
 */
export const knownGaps: ReadonlyMap<number, string> = new Map();
