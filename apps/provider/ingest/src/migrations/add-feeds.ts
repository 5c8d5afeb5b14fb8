import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Further formats, pausing, sealed credentials, delivered files, and how far each way of pulling has come. */
export class AddFeeds1790000000101 implements MigrationInterface {
  readonly name = 'AddFeeds1790000000101';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE delivery, source_secret');
    await runner.query('DROP INDEX message_state_order');
    await runner.query('ALTER TABLE source DROP COLUMN paused_at');
    await runner.query('ALTER TABLE pulled_resource DROP COLUMN ordering_key, DROP COLUMN last_updated');
    await runner.query('ALTER TABLE pull_progress DROP COLUMN round, DROP COLUMN completed_at');
  }
}

const statements = [
  `ALTER TABLE message DROP CONSTRAINT message_format_check`,
  `ALTER TABLE message ADD CONSTRAINT message_format_check
     CHECK (format IN ('hl7v2', 'fhir-r4', 'fhir-stu3', 'cda', 'table-row'))`,
  // Formats whose content says how things are, and has no identity of its own: the same bytes may be news again.
  `DROP INDEX message_fhir_order`,
  `CREATE INDEX message_state_order ON message (tenant, source, ordering_key, position)
     WHERE format IN ('fhir-r4', 'fhir-stu3', 'table-row') AND replay_of IS NULL`,
  `ALTER TABLE source ADD COLUMN paused_at timestamptz`,
  // A credential, sealed with a key that is not in the database.
  `CREATE TABLE source_secret (
     tenant text NOT NULL,
     source text NOT NULL,
     name text NOT NULL,
     key_id text NOT NULL,
     envelope jsonb NOT NULL,
     changed_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (tenant, source, name)
   )`,
  `CREATE INDEX source_secret_key ON source_secret (key_id)`,
  // A round of reading that is under way: where it goes on after a stop. Null between rounds.
  `ALTER TABLE pull_progress ALTER COLUMN watermark DROP NOT NULL`,
  `ALTER TABLE pull_progress ADD COLUMN round jsonb, ADD COLUMN completed_at timestamptz`,
  // The keyed hash under which a resource came, so that its deletion keeps to the order of its patient.
  `ALTER TABLE pulled_resource ADD COLUMN ordering_key text, ADD COLUMN last_updated timestamptz`,
  // A file or stream of many messages, and how far it has been taken in.
  `CREATE TABLE delivery (
     id uuid PRIMARY KEY,
     tenant text NOT NULL,
     source text NOT NULL,
     name text NOT NULL,
     sha256 bytea,
     bytes bigint NOT NULL DEFAULT 0,
     state text NOT NULL CHECK (state IN ('reading', 'done', 'duplicate', 'failed')),
     reason text,
     read_records bigint NOT NULL DEFAULT 0,
     /* Of what has been read so far: who goes on must send the same again. */
     read_sha256 bytea,
     accepted bigint NOT NULL DEFAULT 0,
     duplicates bigint NOT NULL DEFAULT 0,
     refused bigint NOT NULL DEFAULT 0,
     started_at timestamptz NOT NULL DEFAULT now(),
     completed_at timestamptz,
     FOREIGN KEY (tenant, source) REFERENCES source (tenant, id)
   )`,
  `CREATE INDEX delivery_newest ON delivery (tenant, source, started_at DESC, id DESC)`,
  `CREATE UNIQUE INDEX delivery_open ON delivery (tenant, source, name) WHERE state = 'reading'`,
];
