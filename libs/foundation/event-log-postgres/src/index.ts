export { PostgresEventLog, type PostgresEventLogSettings } from './postgres-event-log.js';
export { migrateEventLog, eventLogRole, type EventLogAccess } from './migrate-event-log.js';
export { poolDatabase, readRows, type EventLogDatabase } from './event-log-database.js';
export { EventTooLargeError, insertEvents, maximumPayloadBytes } from './publish-events.js';
// What another engine that keeps its outbox and its parked events here builds on.
export { BackgroundTask } from './background-task.js';
export { ConsumerRegistry } from './consumer-registry.js';
export {
  CONSUMER_LOCK,
  PARTITION_LOCK,
  TRY_TASK_LOCK,
  consumerLock,
  partitionLock,
  relayLock,
} from './consumer-locks.js';
export { EventBell, processBell } from './event-bell.js';
export { logObserver } from './log-observer.js';
export { countParked, insertParked, listParkedEvents, readParkedKeys } from './parked-events.js';
export { readProgress } from './progress.js';
export {
  defaultChunkLimits,
  deleteEventsBetween,
  readEventsOfProducer,
  type ChunkLimits,
  type StoredEvent,
} from './read-events.js';
export { resumeKey } from './resume-key.js';
export type { PauseLimits } from './adaptive-pause.js';
