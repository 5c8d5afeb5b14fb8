import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What rarer searches look at, and an index for what a patient's data was before. Rows that are there get their details
 * when their message is applied again: `samenhang replay`.
 */
export class AddSearchDetails1796400000000 implements MigrationInterface {
  readonly name = 'AddSearchDetails1796400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE resource ADD COLUMN details jsonb');
    await runner.query(`CREATE INDEX resource_history_of_patient ON resource_history (patient_key, type)
      WHERE patient_key IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX resource_history_of_patient');
    await runner.query('ALTER TABLE resource DROP COLUMN details');
  }
}
