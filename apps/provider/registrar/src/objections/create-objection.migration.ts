import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who objects to being found at which care provider. What a patient chose about one care provider outdoes what they chose
 * about all of its type. Withdrawals stand before registrations in the list of work: of a corrected BSN the wrong
 * registration goes first.
 */
export class CreateObjection1792540802000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE objection (
        tenant          text   NOT NULL,
        patient_key     text   NOT NULL,
        holder_position text   NOT NULL DEFAULT 'none',
        holder_revision bigint NOT NULL DEFAULT 0,
        type_position   text   NOT NULL DEFAULT 'none',
        type_revision   bigint NOT NULL DEFAULT 0,
        objects boolean NOT NULL GENERATED ALWAYS AS
          (holder_position = 'objects' OR (type_position = 'objects' AND holder_position <> 'permits')) STORED,
        PRIMARY KEY (tenant, patient_key)
      )`);
    await runner.query(`
      ALTER TABLE registration_state
        ADD COLUMN objected boolean NOT NULL DEFAULT false,
        ADD COLUMN wanted boolean NOT NULL GENERATED ALWAYS AS (desired AND NOT objected) STORED,
        ADD COLUMN pending_since timestamptz NOT NULL DEFAULT now()`);
    await runner.query('DROP INDEX registration_state_pending');
    await runner.query(`
      CREATE INDEX registration_state_pending ON registration_state (wanted, next_try)
       WHERE actual <> CASE WHEN wanted THEN 'present' ELSE 'absent' END`);
    await runner.query(`
      ALTER TABLE reconciliation
        ALTER COLUMN finished_at DROP NOT NULL,
        ADD COLUMN registered_again bigint NOT NULL DEFAULT 0,
        ADD COLUMN withdrawn bigint NOT NULL DEFAULT 0,
        ADD COLUMN drift_at timestamptz`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DELETE FROM reconciliation WHERE finished_at IS NULL');
    await runner.query(`
      ALTER TABLE reconciliation
        ALTER COLUMN finished_at SET NOT NULL,
        DROP COLUMN registered_again, DROP COLUMN withdrawn, DROP COLUMN drift_at`);
    await runner.query('DROP INDEX registration_state_pending');
    await runner.query(
      'ALTER TABLE registration_state DROP COLUMN wanted, DROP COLUMN objected, DROP COLUMN pending_since',
    );
    await runner.query(`
      CREATE INDEX registration_state_pending ON registration_state (next_try)
       WHERE actual <> CASE WHEN desired THEN 'present' ELSE 'absent' END`);
    await runner.query('DROP TABLE objection');
  }
}
