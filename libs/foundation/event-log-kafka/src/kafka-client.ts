import './rest-idle-connections.js';
import type { EventLogLogger } from '@samenhang/event-log';
import { Kafka, logLevel, type LogEntry } from 'kafkajs';

/** Fields of kafkajs' own messages that say where something happened; none can hold a payload. */
const harmlessFields = [
  'groupId',
  'topic',
  'partition',
  'broker',
  'clientId',
  'memberId',
  'retryCount',
  'retryTime',
] as const;

export function createKafkaClient(
  clientId: string,
  brokers: readonly string[],
  logger: EventLogLogger,
): Kafka {
  return new Kafka({
    clientId: `samenhang-${clientId}`,
    brokers: [...brokers],
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    // Our own loops retry without end; kafkajs should report a fault soon.
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => report(entry, logger),
  });
}

/** What kafkajs calls an error is mostly a broker that is away for a moment: worth knowing, not alarming. */
function report({ namespace, log }: LogEntry, logger: EventLogLogger): void {
  const fields: Record<string, unknown> = { kafka: namespace };
  for (const field of harmlessFields) if (log[field] !== undefined) fields[field] = log[field];
  // The protocol's own text for an error code.
  if (typeof log['error'] === 'string') fields['error'] = log['error'];
  logger.warn(fields, log.message);
}
