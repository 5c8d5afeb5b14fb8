/**
 * The schema `event_log`, version by version; a published version is never changed. Statements are plain SQL.
 *
 * `event.tx` is the number of the publishing transaction counted over the life of the data: `clock.base` plus the
 * server's own transaction id. A dump restored into another server starts with small ids again; raising the base
 * keeps later events behind earlier ones (see migrate-event-log.ts).
 */
export const schemaVersions: readonly string[] = [
  `
  CREATE TABLE event_log.clock (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    server text NOT NULL,
    base bigint NOT NULL
  );
  INSERT INTO event_log.clock (server, base) SELECT system_identifier::text, 0 FROM pg_control_system();

  CREATE TABLE event_log.event (
    type text NOT NULL,
    tx bigint NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    producer text NOT NULL,
    key text NOT NULL,
    tenant text,
    id uuid NOT NULL,
    version integer NOT NULL,
    occurred_at timestamptz NOT NULL,
    traceparent text,
    size integer NOT NULL,
    payload text NOT NULL,
    PRIMARY KEY (type, tx, position)
  ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.5);
  COMMENT ON TABLE event_log.event IS 'Outbox and log: written in the transaction of the change it tells of. Payloads hold patient data.';

  CREATE TABLE event_log.progress (
    consumer_group text NOT NULL,
    type text NOT NULL,
    tx bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer_group, type)
  ) WITH (fillfactor = 50);
  COMMENT ON TABLE event_log.progress IS 'Embedded engine: the last event each consumer is done with.';

  CREATE TABLE event_log.mark (
    consumer_group text NOT NULL,
    type text NOT NULL,
    partition integer NOT NULL,
    producer text NOT NULL,
    tx bigint NOT NULL,
    position bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer_group, type, partition, producer)
  ) WITH (fillfactor = 50);
  COMMENT ON TABLE event_log.mark IS 'Kafka engine: the last event of each producer a consumer is done with, per partition.';

  CREATE TABLE event_log.parked (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    tenant text,
    event_id text NOT NULL,
    version integer NOT NULL,
    occurred_at text NOT NULL,
    traceparent text,
    producer text NOT NULL,
    tx bigint NOT NULL,
    position bigint NOT NULL,
    payload text NOT NULL,
    unreadable text,
    reason text,
    attempts integer NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX parked_by_key ON event_log.parked (consumer_group, type, key, sequence);
  COMMENT ON TABLE event_log.parked IS 'Events a consumer could not handle, and those that wait behind them for the same key.';
  `,
];

/** LZ4 costs a fraction of the default compression; a server built without it keeps the default. */
export const preferFastCompression = `
  DO $$ BEGIN
    ALTER TABLE event_log.event ALTER COLUMN payload SET COMPRESSION lz4;
    ALTER TABLE event_log.parked ALTER COLUMN payload SET COMPRESSION lz4;
  EXCEPTION WHEN feature_not_supported THEN NULL;
  END $$;
`;
