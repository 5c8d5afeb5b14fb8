export { KafkaEventLog } from './kafka-event-log.js';
export type { ConsumerTiming, KafkaEventLogSettings, TopicSettings } from './kafka-settings.js';
