import { describeEventLogContract } from '@samenhang/event-log/contract';
import { expect, it } from 'vitest';
import { kafkaSkipReason } from './broker.js';
import { createKafkaHarness } from './kafka-harness.js';

describeEventLogContract('Kafka', createKafkaHarness, { skipReason: kafkaSkipReason });

// Elsewhere a missing Java or Maven skips these tests; where changes are judged, they have to run.
it.runIf(process.env['CI'] === 'true')('Kafka is available in CI', () => {
  expect(kafkaSkipReason).toBeNull();
});
