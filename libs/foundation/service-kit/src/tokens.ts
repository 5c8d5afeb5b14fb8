/** The service's EventLog: publishes in a transaction, consumes through `@EventPattern` handlers. */
export const EVENT_LOG = Symbol('samenhang.event-log');
/** The service's pino Logger. */
export const LOGGER = Symbol('samenhang.logger');
/** The service's prom-client Registry. */
export const METRICS = Symbol('samenhang.metrics');
/** Provide a `StatusCounts` under this token to show figures at `/status`. */
export const STATUS_COUNTS = Symbol('samenhang.status-counts');

/** Figures about the service as a whole: never about a patient. */
export type StatusCounts = () => Promise<Record<string, number>>;
