/**
 * The log grows and shrinks faster than statistics follow; with stale ones the planner sorts the whole backlog for
 * each chunk. The primary key has the order, so readers have to use it.
 */
const inIndexOrder = 'SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off';

/**
 * The next events that are settled, in order: at most so many, and none after the first that reaches the byte limit.
 *
 * Every transaction numbered below the oldest one still running has committed or gone, so no event can appear before
 * one that was read. (An identity alone gives no such promise: of two writers the later number may commit first.)
 */
const chunkWhere = (filter: string): string => `
    SELECT type, tx, position, producer, key, tenant, id, version, occurred_at, traceparent, size, payload
    FROM (
      SELECT *, sum(size) OVER (ORDER BY tx, position) - size AS bytes_before
      FROM (
        SELECT * FROM event_log.event
        WHERE ${filter}
          AND event.tx < (SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM event_log.clock)
        ORDER BY event.tx, event.position LIMIT maximum_events
      ) AS next
    ) AS sized
    WHERE bytes_before < maximum_bytes
    ORDER BY tx, position`;

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
  `
  CREATE FUNCTION event_log.read_after (of_type text, after_tx bigint, after_position bigint, maximum_events integer, maximum_bytes bigint)
  RETURNS SETOF event_log.event LANGUAGE sql STABLE ${inIndexOrder}
  BEGIN ATOMIC
    ${chunkWhere('event.type = of_type AND (event.tx, event.position) > (after_tx, after_position)')};
  END;

  CREATE FUNCTION event_log.read_of_producer (of_type text, of_producer text, maximum_events integer, maximum_bytes bigint)
  RETURNS SETOF event_log.event LANGUAGE sql STABLE ${inIndexOrder}
  BEGIN ATOMIC
    ${chunkWhere('event.type = of_type AND event.producer = of_producer')};
  END;
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
