import type { EventLog, Transaction } from '@samenhang/event-log';
import { inTransaction, rowsOf } from '@samenhang/persistence';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { ConfigurationError, type ServiceEnvironment } from './environment.js';

/** The engine that carries events: `EVENT_LOG=postgres` (default) or `kafka`. Only the one in use is loaded. */
export async function createEventLog(
  producer: string,
  environment: ServiceEnvironment,
  dataSource: DataSource,
  logger: Logger,
): Promise<EventLog> {
  const engine = environment.text('EVENT_LOG', 'postgres');
  const runInTransaction = <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    inTransaction(dataSource, work);
  const query = async <Row>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
    rowsOf<Row>(await dataSource.query(sql, parameters));
  const shared = { producer, logger, runInTransaction, query };
  if (engine === 'postgres') {
    const { PostgresEventLog } = await import('@samenhang/event-log-postgres');
    return new PostgresEventLog(shared);
  }
  if (engine === 'kafka') {
    const { KafkaEventLog } = await import('@samenhang/event-log-kafka');
    return new KafkaEventLog({ ...shared, brokers: environment.text('KAFKA_BROKERS').split(',') });
  }
  throw new ConfigurationError(`${producer}: EVENT_LOG must be "postgres" or "kafka"`);
}
