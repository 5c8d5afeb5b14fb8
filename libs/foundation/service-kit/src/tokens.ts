/** The service's EventLog: publishes in a transaction, consumes through `@EventPattern` handlers. */
export const EVENT_LOG = Symbol('samenhang.event-log');
/** The service's pino Logger. */
export const LOGGER = Symbol('samenhang.logger');
/** The service's prom-client Registry. */
export const METRICS = Symbol('samenhang.metrics');
/** The service's Tracing: spans of what it does, linked by the `traceparent` of events. */
export const TRACING = Symbol('samenhang.tracing');
/** Provide a `StatusCounts` under this token to show figures at `/status`. */
export const STATUS_COUNTS = Symbol('samenhang.status-counts');

/** Provide `StatusProblems` under this token to say at `/status` and `/health/ready` what is wrong. */
export const STATUS_PROBLEMS = Symbol('samenhang.status-problems');

/** Something that an operator should look at. */
export interface StatusProblem {
  /** `source-not-connected`, `events-parked` … */
  readonly code: string;
  readonly text: string;
  /** The source concerned, as `tenant/source`. */
  readonly source?: string;
  /** The service outside that it is about. */
  readonly outside?: string;
  /** Since when, ISO 8601. */
  readonly since?: string;
}

export type StatusProblems = () => Promise<readonly StatusProblem[]>;

/** Figures about the service as a whole: never about a patient. */
export type StatusCounts = () => Promise<Record<string, number>>;
