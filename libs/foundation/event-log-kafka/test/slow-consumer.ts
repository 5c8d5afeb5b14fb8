// A consumer in a process of its own, to be killed in the middle of a chunk:
// `slow-consumer.ts <database url> <group> <brokers> <topic prefix>`.
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaEventLog } from '@samenhang/event-log-kafka';
import { poolDatabase } from '@samenhang/event-log-postgres';
import pg from 'pg';

const [url = '', group = '', brokers = '', prefix = ''] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: url, max: 5 });
const log = new KafkaEventLog({
  ...poolDatabase(pool),
  producer: 'slow',
  brokers: brokers.split(','),
  topics: { prefix, partitions: 2, replicationFactor: 1 },
  consumer: { sessionTimeoutMilliseconds: 6_000, fetchWaitMilliseconds: 100 },
  chunk: { events: 20 },
});
log.subscribe({
  group,
  type: 'audit.recorded',
  handle: async (transaction, events) => {
    for (const event of events) {
      const { number } = (event.payload as { auditEvent: { number?: unknown } }).auditEvent;
      await transaction.query(
        'INSERT INTO public.effect (consumer_group, event_id, key, number) VALUES ($1, $2, $3, $4)',
        [group, event.id, event.key, number],
      );
      await delay(3);
    }
    process.stdout.write('in the middle of a chunk\n');
    await delay(30);
  },
});
await log.start();
