// A consumer in a process of its own, to be killed in the middle of a chunk: `slow-consumer.ts <database url> <group>`.
import { setTimeout as delay } from 'node:timers/promises';
import { migrateEventLog, poolDatabase, PostgresEventLog } from '@samenhang/event-log-postgres';
import pg from 'pg';

const [url = '', group = ''] = process.argv.slice(2);
await migrateEventLog(url);
const pool = new pg.Pool({ connectionString: url, max: 5 });
const log = new PostgresEventLog({ ...poolDatabase(pool), producer: 'slow', chunk: { events: 20 } });
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
