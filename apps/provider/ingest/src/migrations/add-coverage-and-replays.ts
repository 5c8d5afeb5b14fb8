import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddCoverageAndReplays1795400000001 implements MigrationInterface {
  readonly name = 'AddCoverageAndReplays1795400000001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE replay_run, coverage_count, coverage_messages');
    await runner.query('DROP INDEX message_position, message_replays');
    await runner.query(
      'ALTER TABLE message DROP COLUMN message_type, DROP COLUMN original_id, DROP COLUMN replay_run',
    );
  }
}

const statements = [
  // A replay names the quarantine entry it came from, or the message where there was none.
  `ALTER TABLE message DROP CONSTRAINT message_replay_of_fkey`,
  `ALTER TABLE message ADD COLUMN message_type text, ADD COLUMN original_id uuid REFERENCES message (id),
     ADD COLUMN replay_run uuid`,
  `UPDATE message SET original_id = coalesce(
     (SELECT q.message_id FROM quarantine q WHERE q.id = message.replay_of), replay_of) WHERE replay_of IS NOT NULL`,
  // MSH-9 of what is stored already: component separator and field separator stand in MSH-1 and MSH-2.
  `UPDATE message m SET message_type = nullif(concat_ws('^',
       nullif(split_part(type.text, h.component, 1), ''), nullif(split_part(type.text, h.component, 2), '')), '')
     FROM (SELECT id, split_part(encode(substring(content FROM 1 FOR 500), 'escape'), chr(13), 1) AS text,
                  encode(substring(content FROM 4 FOR 1), 'escape') AS field,
                  encode(substring(content FROM 5 FOR 1), 'escape') AS component
             FROM message WHERE format = 'hl7v2' AND substring(content FROM 1 FOR 3) = 'MSH') AS h
     CROSS JOIN LATERAL (SELECT split_part(h.text, h.field, 9) AS text) AS type
    WHERE h.id = m.id AND h.field <> ''`,
  `CREATE INDEX message_position ON message (tenant, source, position) WHERE replay_of IS NULL`,
  `CREATE INDEX message_replays ON message (original_id) WHERE original_id IS NOT NULL`,
  // What messages carried and whether the mapping used it: counts by day, never a value of a patient.
  `CREATE TABLE coverage_messages (
     tenant text NOT NULL,
     source text NOT NULL,
     mapping_version text NOT NULL,
     day date NOT NULL,
     messages bigint NOT NULL,
     first_position bigint,
     last_position bigint,
     PRIMARY KEY (tenant, source, mapping_version, day)
   )`,
  `CREATE TABLE coverage_count (
     tenant text NOT NULL,
     source text NOT NULL,
     mapping_version text NOT NULL,
     day date NOT NULL,
     kind text NOT NULL,
     message_type text NOT NULL,
     path text NOT NULL,
     code text NOT NULL,
     used boolean NOT NULL,
     count bigint NOT NULL,
     examples uuid[] NOT NULL,
     PRIMARY KEY (tenant, source, mapping_version, day, kind, message_type, path, code, used)
   )`,
  `CREATE TABLE replay_run (
     id uuid PRIMARY KEY,
     tenant text NOT NULL,
     source text NOT NULL,
     criteria jsonb NOT NULL,
     messages_per_second integer NOT NULL,
     state text NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
     position bigint NOT NULL,
     last_position bigint NOT NULL,
     replayed bigint NOT NULL DEFAULT 0,
     unreadable bigint NOT NULL DEFAULT 0,
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now()
   )`,
  `CREATE INDEX replay_run_newest ON replay_run (tenant, created_at DESC, id DESC)`,
  `CREATE INDEX replay_run_open ON replay_run (created_at) WHERE state = 'running'`,
];
