import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateIngestTables1790000000001 implements MigrationInterface {
  readonly name = 'CreateIngestTables1790000000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE pulled_resource, pull_progress, quarantine, message, source');
  }
}

const statements = [
  `CREATE TABLE source (
     tenant text NOT NULL,
     id text NOT NULL,
     declaration jsonb NOT NULL,
     active boolean NOT NULL DEFAULT true,
     last_position bigint NOT NULL DEFAULT 0,
     declared_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (tenant, id)
   )`,
  // No foreign key to the source: its row is locked whenever messages are stored, and a check a message costs.
  // The raw message, exactly as received. "accepted" is what the source was told; "state" is how the message fares since.
  `CREATE TABLE message (
     id uuid PRIMARY KEY,
     tenant text NOT NULL,
     source text NOT NULL,
     position bigint NOT NULL,
     received_at timestamptz NOT NULL,
     format text NOT NULL CHECK (format IN ('hl7v2', 'fhir-r4')),
     control_id text,
     ordering_key text NOT NULL,
     content bytea NOT NULL,
     content_sha256 bytea NOT NULL,
     accepted boolean NOT NULL,
     state text NOT NULL CHECK (state IN ('received', 'quarantined', 'replayed')),
     replay_of uuid
   )`,
  // Messages are compressed poorly by their nature and read once: spend no CPU on it.
  `ALTER TABLE message ALTER COLUMN content SET STORAGE EXTERNAL`,
  `CREATE INDEX message_content ON message (content_sha256, source, tenant) WHERE replay_of IS NULL`,
  `CREATE INDEX message_fhir_order ON message (tenant, source, ordering_key, position)
     WHERE format = 'fhir-r4' AND replay_of IS NULL`,
  `CREATE TABLE quarantine (
     id uuid PRIMARY KEY,
     message_id uuid NOT NULL REFERENCES message (id),
     tenant text NOT NULL,
     source text NOT NULL,
     stage text NOT NULL CHECK (stage IN ('ingest', 'normalise', 'record')),
     reason_code text NOT NULL,
     location text NOT NULL,
     text text NOT NULL,
     issues jsonb NOT NULL,
     mapping_version text,
     created_at timestamptz NOT NULL DEFAULT now(),
     replayed_at timestamptz,
     replay_message_id uuid REFERENCES message (id),
     UNIQUE (message_id, stage)
   )`,
  `ALTER TABLE message ADD FOREIGN KEY (replay_of) REFERENCES quarantine (id)`,
  `CREATE INDEX quarantine_newest ON quarantine (tenant, created_at DESC, id DESC)`,
  `CREATE TABLE pull_progress (
     tenant text NOT NULL,
     source text NOT NULL,
     resource_type text NOT NULL,
     watermark text NOT NULL,
     PRIMARY KEY (tenant, source, resource_type),
     FOREIGN KEY (tenant, source) REFERENCES source (tenant, id)
   )`,
  // What was last read of each resource of a pulled source, so that reading it again is no news.
  `CREATE TABLE pulled_resource (
     tenant text NOT NULL,
     source text NOT NULL,
     resource_type text NOT NULL,
     id text NOT NULL,
     content_sha256 bytea NOT NULL,
     PRIMARY KEY (tenant, source, resource_type, id),
     FOREIGN KEY (tenant, source) REFERENCES source (tenant, id)
   )`,
];
