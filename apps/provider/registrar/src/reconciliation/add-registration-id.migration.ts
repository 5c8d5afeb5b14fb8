import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The index's id of what is registered, by which both sides compare; and when each care provider was last compared. */
export class AddRegistrationId1792540801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE registration_state ADD COLUMN registration_id uuid');
    await runner.query(
      'CREATE TABLE reconciliation (tenant text NOT NULL PRIMARY KEY, finished_at timestamptz NOT NULL)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reconciliation');
    await runner.query('ALTER TABLE registration_state DROP COLUMN registration_id');
  }
}
